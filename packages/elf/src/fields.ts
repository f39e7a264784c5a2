import { ElfError } from "./error.ts";

/**
 * Reads numbers and strings from a part of an ELF file in the file's byte order. Reads past the end of the part throw
 * an ElfError.
 */
export class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #wide: boolean;
  readonly #base: number;
  readonly #what: string;

  /** `base` is the offset of the part in the file, `what` names it in errors, `wide` is true for 64-bit files. */
  constructor(
    bytes: Uint8Array,
    layout: { readonly little: boolean; readonly wide: boolean },
    base: number,
    what: string,
  ) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = layout.little;
    this.#wide = layout.wide;
    this.#base = base;
    this.#what = what;
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    return this.#view.getUint8(this.#checked(offset, 1));
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#checked(offset, 2), this.#little);
  }

  u32(offset: number): number {
    return this.#view.getUint32(this.#checked(offset, 4), this.#little);
  }

  i32(offset: number): number {
    return this.#view.getInt32(this.#checked(offset, 4), this.#little);
  }

  u64(offset: number): bigint {
    return this.#view.getBigUint64(this.#checked(offset, 8), this.#little);
  }

  /**
   * An address, offset or size: 8 bytes in 64-bit files, 4 in others.
   *
   * @throws ElfError for a value over 2^53 - 1
   */
  word(offset: number): number {
    if (!this.#wide) return this.u32(offset);
    const value = this.u64(offset);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw this.error(`holds the impossible size or offset 0x${value.toString(16)}`, offset);
  }

  /** A 64-bit value to show or compare, such as a flag word or an address. */
  wordBits(offset: number): bigint {
    return this.#wide ? this.u64(offset) : BigInt(this.u32(offset));
  }

  /** The text up to the next NUL or the end of the part. */
  text(offset: number): string {
    this.#checked(offset, 0);
    const end = this.bytes.indexOf(0, offset);
    return Buffer.from(this.bytes.subarray(offset, end < 0 ? undefined : end)).toString("utf8");
  }

  slice(offset: number, length: number): Uint8Array {
    this.#checked(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  error(message: string, offset: number): ElfError {
    return new ElfError(`${this.#what} ${message}`, this.#base + offset);
  }

  #checked(offset: number, length: number): number {
    if (offset >= 0 && offset + length <= this.bytes.length) return offset;
    throw this.error(`is cut: it has ${this.bytes.length} bytes, ${length} at ${offset} are needed`, offset);
  }
}
