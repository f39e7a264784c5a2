import { countOf } from "@release-actions/report";
import type { Cursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { BLOCK_BYTES, isZeroBlock, paddingAfter, type TarHeader } from "./tar-header.ts";

/** Extended headers have names and numbers; a larger one is an attempt to exhaust memory. */
export const MAX_EXTENSION_BYTES = 1024 * 1024;

/**
 * Reads the headers of a tar from a cursor (and the bodies of extended headers), and finds the end of the archive. The
 * readers of tars extend it with what they accept.
 */
export class TarBlocks {
  protected readonly cursor: Cursor;
  #hasEndBlocks = false;
  /** The offset of the next header, and the end of the body before it. */
  #next: number;
  #bodyEnd: number;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
    this.#next = this.#bodyEnd = cursor.position;
  }

  /**
   * At the end: whether the two blocks of zeros at the end of a tar were present. Without them the archive may be
   * truncated between two members.
   */
  get hasEndBlocks(): boolean {
    return this.#hasEndBlocks;
  }

  /** The number of bytes of the member's body that were not taken yet. */
  protected get bodyLeft(): number {
    return this.#bodyEnd - this.cursor.position;
  }

  /** Sets where the next body begins and how many bytes it has. The caller takes it from the cursor, or skips it. */
  protected expectBody(start: number, size: number): void {
    this.#bodyEnd = start + size;
    this.#next = this.#bodyEnd + paddingAfter(size);
  }

  /** Skips the rest of the body. */
  protected async skipBody(): Promise<void> {
    await this.cursor.skip(this.#next - this.cursor.position);
  }

  /** A header block; undefined at the end of the archive, after the blocks of zeros. */
  protected async takeHeader(): Promise<Uint8Array | undefined> {
    const start = this.cursor.position;
    const block = await this.cursor.take(BLOCK_BYTES);
    if (block.length === 0) {
      if (start === 0) throw new ArchiveError("cut", "the archive is empty: it has no bytes at all", 0);
      return undefined;
    }
    if (block.length < BLOCK_BYTES) {
      const message = `the archive ends inside a header, after ${countOf(block.length, "byte")} of it`;
      throw new ArchiveError("cut", message, start);
    }
    if (!isZeroBlock(block)) return block;
    const second = await this.cursor.take(BLOCK_BYTES);
    if (!isZeroBlock(second)) {
      throw new ArchiveError("trailing-data", "data follows a block that ends the archive", start + BLOCK_BYTES);
    }
    this.#hasEndBlocks = second.length === BLOCK_BYTES;
    return undefined;
  }

  /** The body of an extended header; `start` is the offset of the header. */
  protected async takeExtension({ size }: TarHeader, start: number): Promise<Uint8Array> {
    if (size > MAX_EXTENSION_BYTES) throw new ArchiveError("limit", `an extended header of ${size} bytes`, start);
    const length = size + paddingAfter(size);
    const body = await this.cursor.take(length);
    if (body.length < length) throw new ArchiveError("cut", "the archive ends inside an extended header", start);
    return body.subarray(0, size);
  }
}
