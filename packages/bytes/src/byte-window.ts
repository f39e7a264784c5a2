import { countOf } from "@release-actions/report";
export type ByteOrder = "little" | "big";

/**
 * A part of a file that checks all bounds. It knows its position in the file, so that every error can give the offset
 * of the byte. Offsets passed to it are relative to its start. A subclass for a format chooses its errors in `fault`.
 */
export abstract class ByteWindow {
  readonly bytes: Uint8Array;
  /** The offset of the part in the file. */
  readonly start: number;
  readonly order: ByteOrder;
  readonly #what: string;
  readonly #view: DataView;

  /** @param what the name of the part in errors */
  constructor(bytes: Uint8Array, what: string, order: ByteOrder, start = 0) {
    this.bytes = bytes;
    this.start = start;
    this.order = order;
    this.#what = what;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @param at the offset of the byte in the file */
  protected abstract fault(message: string, at: number): Error;

  get length(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    return this.#view.getUint8(this.#checked(offset, 1));
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#checked(offset, 2), this.order === "little");
  }

  u32(offset: number): number {
    return this.#view.getUint32(this.#checked(offset, 4), this.order === "little");
  }

  i32(offset: number): number {
    return this.#view.getInt32(this.#checked(offset, 4), this.order === "little");
  }

  /**
   * A 64-bit offset, size or flag word.
   *
   * @throws the error of `fault` for a value over 2^53 - 1, which cannot be valid
   */
  u64(offset: number): number {
    const value = this.bigU64(offset);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw this.error(`the 64-bit value 0x${value.toString(16)} is larger than any file`, offset);
  }

  bigU64(offset: number): bigint {
    return this.#view.getBigUint64(this.#checked(offset, 8), this.order === "little");
  }

  slice(offset: number, length: number): Uint8Array {
    this.#checked(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  /** Text up to a NUL, `max` bytes or the end of the piece, whichever comes first. */
  text(offset: number, max = this.bytes.length): string {
    this.#checked(offset, 0);
    const field = this.bytes.subarray(offset, offset + max);
    const end = field.indexOf(0);
    return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
  }

  error(message: string, offset: number): Error {
    return this.fault(`${this.#what}: ${message}`, this.start + offset);
  }

  #checked(offset: number, length: number): number {
    if (offset >= 0 && length >= 0 && offset + length <= this.bytes.length) return offset;
    throw this.error(
      `needs ${countOf(length, "byte")} at ${offset}, but has only ${this.bytes.length}: it is truncated or an offset is wrong`,
      Math.min(Math.max(offset, 0), this.bytes.length),
    );
  }
}
