import type { XzReadableStream as Decoder } from "xz-decompress";
import { ArchiveError, type ArchiveProblem } from "./error.ts";
import { type Bounds, requireBounded } from "./ratio.ts";

/** `enum xz_ret` of XZ Embedded, which the decoder is built from; it reports them as numbers in a text. */
const CAUSES: Readonly<Record<number, readonly [ArchiveProblem, string]>> = {
  3: ["limit", "needs more memory than there is"],
  4: ["limit", "needs a larger dictionary than is allowed"],
  5: ["not-this-format", "is not xz data"],
  6: ["unsupported", "uses an option of xz that is not supported"],
  7: ["malformed", "is broken: a checksum does not match"],
  8: ["cut", "ends too early, or something else follows it"],
};

/**
 * Decompresses an .xz stream, in this process: a decompressor from the PATH could be anybody's.
 * The decoder (XZ Embedded as WebAssembly) loads on first use and checks CRC-32 and CRC-64.
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
    // A stream that has failed says so again when it is ended, which changes nothing.
    await reader.cancel().catch(() => undefined);
  }
}

async function loadDecoder(): Promise<typeof Decoder> {
  const loaded = await import("xz-decompress");
  // Node shows the exports of a CommonJS module behind `default`, a bundler by their names.
  return loaded.XzReadableStream ?? loaded.default.XzReadableStream;
}
