import type { Transform } from "node:stream";
import { isNativeError } from "node:util/types";
import { constants, createGunzip, createInflateRaw, createZstdDecompress } from "node:zlib";
import type { StreamCursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";

/** Small enough that putting back unused input is cheap. */
const INPUT_BYTES = 64 * 1024;
const OUTPUT_BYTES = 128 * 1024;
/** 64 MiB: twice the window of common encoders at their highest levels, and the memory limit for a decoder. */
const MAX_ZSTD_WINDOW_LOG = 26;

/** A zlib stream, which also counts the bytes of input that it has consumed. */
type Decoder = Transform & { readonly bytesWritten: number };

const DECODERS = {
  deflate: (): Decoder => createInflateRaw({ chunkSize: OUTPUT_BYTES }),
  gzip: (): Decoder => createGunzip({ chunkSize: OUTPUT_BYTES }),
  zstd: (): Decoder =>
    createZstdDecompress({
      chunkSize: OUTPUT_BYTES,
      params: { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG },
    }),
};

export type Encoding = keyof typeof DECODERS;

/**
 * Decodes from the position of `cursor` to the end of the compressed data, and leaves the cursor right after it.
 * Verifies checksums of the format (gzip's CRC and length). If there are several zstd frames, it may decode only the
 * first, depending on the chunks of the input, so call it again while there is more.
 */
export async function* decodeFrom(
  cursor: StreamCursor,
  encoding: Encoding,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = DECODERS[encoding]();
  const start = cursor.position;
  const state: { last: Uint8Array; fed: number; failure?: unknown } = { last: new Uint8Array(0), fed: 0 };
  const feeding = feed(cursor, decoder, state).catch((error: unknown) => {
    state.failure = error;
    decoder.destroy();
  });
  try {
    for await (const chunk of decoder) yield chunk as Uint8Array; // zlib streams give buffers.
    await feeding;
  } catch (error) {
    if (state.failure !== undefined) throw state.failure;
    throw decodingFailed(error, encoding, start);
  } finally {
    decoder.destroy();
  }
  const unused = state.fed - decoder.bytesWritten;
  cursor.unread(state.last.subarray(state.last.length - unused));
}

async function feed(cursor: StreamCursor, decoder: Decoder, state: { last: Uint8Array; fed: number }): Promise<void> {
  // A decoder is done when it has consumed less input than it was given.
  while (!decoder.destroyed && decoder.bytesWritten === state.fed) {
    const chunk = await cursor.some(INPUT_BYTES);
    if (chunk === undefined) {
      decoder.end();
      return;
    }
    state.last = chunk;
    state.fed += chunk.length;
    await new Promise<void>((resolve) => {
      decoder.once("close", resolve);
      decoder.write(chunk, () => {
        decoder.off("close", resolve);
        resolve();
      });
    });
  }
}

/** Turns an error of zlib into one about the archive. */
export function decodingFailed(error: unknown, encoding: Encoding, start: number): ArchiveError {
  const code = isNativeError(error) && "code" in error ? String(error.code) : "";
  const cause = { cause: error };
  if (code === "Z_BUF_ERROR") return new ArchiveError("cut", `the ${encoding} data ends too early`, start, cause);
  if (code === "ZSTD_error_frameParameter_windowTooLarge") {
    const message = `the zstd data needs a window of more than ${2 ** (MAX_ZSTD_WINDOW_LOG - 20)} MiB`;
    return new ArchiveError("limit", message, start, cause);
  }
  const said = isNativeError(error) ? error.message : String(error);
  return new ArchiveError("malformed", `the ${encoding} data is broken: ${said}`, start, cause);
}
