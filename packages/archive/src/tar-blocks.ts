import { countOf } from "@release-actions/report";
import type { Cursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { BLOCK_BYTES, isZeroBlock, paddingAfter, type TarHeader } from "./tar-header.ts";

/** Extended headers hold names and numbers; larger ones only serve to exhaust memory. */
export const MAX_EXTENSION_BYTES = 1024 * 1024;

/** Takes the headers of a tar, extended ones with their bodies, from a cursor, and finds the end of the archive. */
export class TarBlocks {
  readonly #cursor: Cursor;
  #hasEndBlocks = false;
  /** Where the next header is, and where the body in front of it ends. */
  #next: number;
  #bodyEnd: number;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#next = this.#bodyEnd = cursor.position;
  }

  /** After the end was found: whether the two blocks of zeros were there. Without them the archive may have been cut. */
  get hasEndBlocks(): boolean {
    return this.#hasEndBlocks;
  }

  /** How much of the member's body has not been taken, in bytes. */
  get bodyLeft(): number {
    return this.#bodyEnd - this.#cursor.position;
  }

  /** Says that a body of so many bytes begins at `start`, to be taken from the cursor or passed over. */
  expectBody(start: number, size: number): void {
    this.#bodyEnd = start + size;
    this.#next = this.#bodyEnd + paddingAfter(size);
  }

  /** Passes over what is left of the body. */
  async skipBody(): Promise<void> {
    await this.#cursor.skip(this.#next - this.#cursor.position);
  }

  /** A header block, or undefined at the end of the archive, behind the blocks of zeros. */
  async takeHeader(): Promise<Uint8Array | undefined> {
    const start = this.#cursor.position;
    const block = await this.#cursor.take(BLOCK_BYTES);
    if (block.length === 0) {
      if (start === 0) throw new ArchiveError("cut", "the archive is empty: it has no bytes at all", 0);
      return undefined;
    }
    if (block.length < BLOCK_BYTES) {
      const message = `the archive ends inside a header, after ${countOf(block.length, "byte")} of it`;
      throw new ArchiveError("cut", message, start);
    }
    if (!isZeroBlock(block)) return block;
    const second = await this.#cursor.take(BLOCK_BYTES);
    if (!isZeroBlock(second)) {
      throw new ArchiveError("trailing-data", "there is more after a block that ends the archive", start + BLOCK_BYTES);
    }
    this.#hasEndBlocks = second.length === BLOCK_BYTES;
    return undefined;
  }

  /** The body of an extended header, which is at `start`. */
  async takeExtension({ size }: TarHeader, start: number): Promise<Uint8Array> {
    if (size > MAX_EXTENSION_BYTES) throw new ArchiveError("limit", `an extended header of ${size} bytes`, start);
    const length = size + paddingAfter(size);
    const body = await this.#cursor.take(length);
    if (body.length < length) throw new ArchiveError("cut", "the archive ends inside an extended header", start);
    return body.subarray(0, size);
  }
}
