import { ByteWindow } from "@release-actions/bytes";
import { ElfError } from "./error.ts";

/** Reads a part of an ELF file in the file's byte order. */
export class Fields extends ByteWindow {
  readonly #wide: boolean;

  /** `start` is the offset of the part in the file, `what` names it in errors, `wide` is true for 64-bit files. */
  constructor(
    bytes: Uint8Array,
    { little, wide }: { readonly little: boolean; readonly wide: boolean },
    start: number,
    what: string,
  ) {
    super(bytes, what, little ? "little" : "big", start);
    this.#wide = wide;
  }

  protected override fault(message: string, at: number): ElfError {
    return new ElfError(message, at);
  }

  /**
   * An address, offset or size: 8 bytes in 64-bit files, 4 in others.
   *
   * @throws ElfError for a value over 2^53 - 1
   */
  word(offset: number): number {
    return this.#wide ? this.u64(offset) : this.u32(offset);
  }

  /** A 64-bit value to show or compare, such as a flag word or an address. */
  wordBits(offset: number): bigint {
    return this.#wide ? this.bigU64(offset) : BigInt(this.u32(offset));
  }
}
