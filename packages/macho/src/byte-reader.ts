import { MachoError } from "./error.ts";

export type ByteOrder = "little" | "big";

/**
 * The one place where bounds are checked: a window on a file that knows where it is in it, so
 * that every error can say the byte. Offsets given to it count from the start of the window.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Where the window starts in the file. */
  readonly start: number;
  readonly order: ByteOrder;
  readonly #what: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, what: string, order: ByteOrder, start = 0) {
    this.bytes = bytes;
    this.start = start;
    this.order = order;
    this.#what = what;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    this.#check(offset, 1);
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    this.#check(offset, 2);
    return this.#view.getUint16(offset, this.order === "little");
  }

  u32(offset: number): number {
    this.#check(offset, 4);
    return this.#view.getUint32(offset, this.order === "little");
  }

  i32(offset: number): number {
    this.#check(offset, 4);
    return this.#view.getInt32(offset, this.order === "little");
  }

  /** A 64-bit value that must be an offset, a size or a flag: beyond 2^53 it cannot be any. */
  u64(offset: number): number {
    const value = this.bigU64(offset);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.error(`the 64-bit value 0x${value.toString(16)} is larger than any file`, offset);
    }
    return Number(value);
  }

  bigU64(offset: number): bigint {
    this.#check(offset, 8);
    return this.#view.getBigUint64(offset, this.order === "little");
  }

  slice(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  /** A window inside this one. */
  window(offset: number, length: number, what: string, order: ByteOrder = this.order): ByteReader {
    return new ByteReader(this.slice(offset, length), what, order, this.start + offset);
  }

  /** Text up to a NUL or `max` bytes, whichever comes first. */
  text(offset: number, max: number): string {
    this.#check(offset, 0);
    const field = this.bytes.subarray(offset, offset + max);
    const end = field.indexOf(0);
    return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
  }

  /** Text that must end with a NUL inside the window. */
  terminated(offset: number, max: number): string {
    this.#check(offset, 1);
    if (!this.bytes.subarray(offset, offset + max).includes(0)) throw this.error("a text has no end", offset);
    return this.text(offset, max);
  }

  error(what: string, offset: number): MachoError {
    return new MachoError(`${this.#what}: ${what}`, this.start + offset);
  }

  #check(offset: number, length: number): void {
    if (offset < 0 || length < 0 || offset + length > this.bytes.length) {
      throw this.error(
        `needs ${length} bytes at ${offset}, but has only ${this.bytes.length}: it is truncated or an offset is wrong`,
        Math.min(Math.max(offset, 0), this.bytes.length),
      );
    }
  }
}
