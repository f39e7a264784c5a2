import { ArchiveError } from "./error.ts";

/** Reads little-endian fields one after the other from a part of an archive, and never past its end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  readonly #what: string;
  #next = 0;

  /** `base` is the part's offset in the archive; `what` names the part in errors. */
  constructor(bytes: Uint8Array, base: number, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#what = what;
  }

  /** The offset of the next field in the archive. */
  get offset(): number {
    return this.#base + this.#next;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#next;
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Reads a 64-bit number; refuses one that a JavaScript number cannot represent exactly. */
  u64(): number {
    const offset = this.offset;
    const value = this.#view.getBigUint64(this.#advance(8), true);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw new ArchiveError("malformed", `${this.#what} holds a number larger than 2^53`, offset);
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  #advance(length: number): number {
    if (length > this.left) throw new ArchiveError("cut", `${this.#what} is cut short`, this.offset);
    const start = this.#next;
    this.#next += length;
    return start;
  }
}
