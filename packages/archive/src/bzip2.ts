import { Buffer } from "node:buffer";
import { StreamCursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { detectFormat } from "./format.ts";
import { type Bounds, requireBounded } from "./ratio.ts";

const UNIT_BYTES = 100_000;
/** More than any compressed block has: incompressible data grows by one percent. */
const MAX_PACKED_BLOCK_BYTES = 1024 * 1024;
const HEADER_BYTES = 4;

/**
 * Decompresses bzip2 data block by block, including several streams in a row, as `bzip2 -d` does. Verifies the
 * checksums of blocks and streams.
 */
export async function* decompressBzip2(
  bytes: AsyncIterable<Uint8Array>,
  bounds: Bounds = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { default: decoder } = await import("unbzip2-stream/lib/bzip2.js");
  const cursor = new StreamCursor(bytes);
  const input = new BlockInput(cursor);
  let produced = 0;
  try {
    for (let isFirst = true; await input.fill(); isFirst = false) {
      if (detectFormat(input.peek(HEADER_BYTES)) !== "bzip2") {
        throw isFirst
          ? new ArchiveError("not-this-format", "this is not bzip2 data", 0)
          : new ArchiveError("trailing-data", "something else follows the bzip2 data", input.consumed);
      }
      const size = decode(input, () => decoder.header(input.bits)) * UNIT_BYTES;
      const scratch = new Int32Array(size);
      for (let crc: number | null = 0; crc !== null; ) {
        await input.fill();
        const block = new ByteSink(size);
        const before: number = crc;
        crc = decode(input, () => decoder.decompress(input.bits, block.write, scratch, size, before));
        produced += block.length;
        requireBounded(produced, input.consumed, bounds);
        if (block.length > 0) yield block.bytes();
      }
    }
    if (produced === 0 && input.consumed === 0) throw new ArchiveError("cut", "the bzip2 data is empty", 0);
  } finally {
    await cursor.close();
  }
}

function decode<T>(input: BlockInput, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    // The decoder's other messages are jokes, so leave them out.
    const why = error instanceof Error && error.message.includes("crc32") ? ": a checksum does not match" : "";
    throw new ArchiveError("malformed", `the bzip2 data is broken${why}`, input.consumed, { cause: error });
  }
}

/** A buffer with at least one whole block, since the decoder reads bits synchronously. */
class BlockInput {
  readonly #cursor: StreamCursor;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bit = 0;
  /** How many bytes of the stream the decoder has used, including a partly used one. */
  consumed = 0;

  constructor(cursor: StreamCursor) {
    this.#cursor = cursor;
  }

  /** Whether there is anything left. */
  async fill(): Promise<boolean> {
    const left = this.#bytes.length - this.#at;
    if (left < MAX_PACKED_BLOCK_BYTES) {
      const more = await this.#cursor.take(MAX_PACKED_BLOCK_BYTES);
      if (more.length > 0) {
        this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), more]);
        this.#at = 0;
      }
    }
    return this.#at < this.#bytes.length;
  }

  peek(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at + length);
  }

  readonly bits = (count: number | null): number => {
    if (count === null) {
      if (this.#bit > 0) this.#next();
      return 0;
    }
    let value = 0;
    for (let missing = count; missing > 0; ) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new ArchiveError("cut", "the bzip2 data ends too early", this.consumed);
      const take = Math.min(8 - this.#bit, missing);
      value = (value << take) | ((byte >> (8 - this.#bit - take)) & ((1 << take) - 1));
      this.#bit += take;
      missing -= take;
      if (this.#bit === 8) this.#next();
    }
    return value;
  };

  #next(): void {
    this.#bit = 0;
    this.#at += 1;
    this.consumed += 1;
  }
}

/** A growing buffer for decoded bytes. */
class ByteSink {
  #buffer: Buffer;
  length = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  readonly write = (byte: number): void => {
    if (this.length === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(2 * this.length);
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    this.#buffer[this.length] = byte;
    this.length += 1;
  };

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }
}
