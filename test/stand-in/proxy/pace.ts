import { setTimeout as sleep } from "node:timers/promises";

/** Pieces small enough that a paced connection looks steady. */
const PIECE = 65_536;

/** Spends the bandwidth of one connection: callers wait until their bytes have gone through. */
export class Pace {
  #freeAt = 0;

  async spend(bytes: number, bytesPerSecond: number): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / bytesPerSecond) * 1000;
    // Timers are no finer than this; a debt below it is paid with the next bytes.
    if (this.#freeAt - now > 4) await sleep(this.#freeAt - now);
  }
}

/** Cuts what comes into pieces and lets each through at the pace of the connection. */
export async function* paced(
  source: AsyncIterable<Buffer>,
  pace: Pace,
  bytesPerSecond: () => number,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const rate = bytesPerSecond();
      // A rate below one piece a second is served in pieces of a quarter second.
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
