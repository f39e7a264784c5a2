import { setTimeout as sleep } from "node:timers/promises";

/** The size of pieces in bytes: small enough for a steady flow. */
const PIECE = 65_536;

/** Limits the bandwidth of one connection: callers wait until their bytes would have been sent. */
export class Pace {
  #freeAt = 0;

  async spend(bytes: number, bytesPerSecond: number): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / bytesPerSecond) * 1000;
    // Timers are not more precise than 4 ms. A shorter wait is added to that of the next bytes.
    if (this.#freeAt - now > 4) await sleep(this.#freeAt - now);
  }
}

/** Splits the source into pieces and yields each at the pace of the connection. */
export async function* paced(
  source: AsyncIterable<Buffer>,
  pace: Pace,
  bytesPerSecond: () => number,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const rate = bytesPerSecond();
      // At a rate below four pieces per second, each piece has the bytes of a quarter of a second.
      const piece = chunk.subarray(at, at + PIECE);
      if (rate >= PIECE * 4) {
        if (Number.isFinite(rate)) await pace.spend(piece.length, rate);
        yield piece;
        continue;
      }
      const step = Math.max(1, Math.floor(rate / 4));
      for (let inner = 0; inner < piece.length; inner += step) {
        const drop = piece.subarray(inner, inner + step);
        await pace.spend(drop.length, rate);
        yield drop;
      }
    }
  }
}
