import type { XzReadableStream as Decoder } from "xz-decompress";
import { ArchiveError, type ArchiveProblem } from "./error.ts";
import { type Bounds, requireBounded } from "./ratio.ts";

/** Messages for `enum xz_ret` of XZ Embedded. The decoder, which is built from it, has the number in its error text. */
const CAUSES: Readonly<Record<number, readonly [ArchiveProblem, string]>> = {
  3: ["limit", "needs more memory than there is"],
  4: ["limit", "needs a larger dictionary than is allowed"],
  5: ["not-this-format", "is not xz data"],
  6: ["unsupported", "uses an option of xz that is not supported"],
  7: ["malformed", "is broken: a checksum does not match"],
  8: ["cut", "ends too early, or something else follows it"],
};

/**
 * Decompresses an .xz stream in this process, since a program on the PATH cannot be trusted.
 * The decoder (XZ Embedded as WebAssembly) is loaded on first use and verifies CRC-32 and CRC-64.
 */
export async function* decompressXz(
  bytes: AsyncIterable<Uint8Array>,
  bounds: Bounds = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const XzReadableStream = await loadDecoder();
  let consumed = 0;
  let sourceFailure: unknown;
  const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of bytes) {
        consumed += chunk.length;
        yield chunk;
      }
    } catch (error) {
      sourceFailure = error;
      throw error;
    }
  };
  const reader = new XzReadableStream(ReadableStream.from(counted())).getReader();
  let produced = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      produced += next.value.length;
      requireBounded(produced, consumed, bounds);
      yield next.value;
    }
  } catch (error) {
    if (error instanceof ArchiveError || sourceFailure !== undefined) throw error;
    if (consumed === 0) throw new ArchiveError("cut", "the xz data is empty", 0, { cause: error });
    const code = Number(/error code (\d+)/.exec(error instanceof Error ? error.message : "")?.[1]);
    const [problem, what] = CAUSES[code] ?? ["malformed", "cannot be read"];
    throw new ArchiveError(problem, `the xz data ${what}`, consumed, { cause: error });
  } finally {
    // Ignore the error: a stream that has failed reports the same failure when it is cancelled.
    await reader.cancel().catch(() => undefined);
  }
}

async function loadDecoder(): Promise<typeof Decoder> {
  const loaded = await import("xz-decompress");
  // Node has the exports of this CommonJS module under `default`; a bundler has them by name.
  return loaded.XzReadableStream ?? loaded.default.XzReadableStream;
}
