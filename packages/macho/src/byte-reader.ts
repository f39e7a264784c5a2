import { type ByteOrder, ByteWindow } from "@release-actions/bytes";
import { MachoError } from "./error.ts";

/** Reads a part of a Mach-O file, or of a blob in its signature. */
export class ByteReader extends ByteWindow {
  protected override fault(message: string, at: number): MachoError {
    return new MachoError(message, at);
  }

  /** A window inside this one. */
  window(offset: number, length: number, what: string, order: ByteOrder = this.order): ByteReader {
    return new ByteReader(this.slice(offset, length), what, order, this.start + offset);
  }

  /**
   * A text that ends with a NUL.
   *
   * @throws MachoError if there is no NUL in the window
   */
  terminated(offset: number, max: number): string {
    this.slice(offset, 1);
    if (!this.bytes.subarray(offset, offset + max).includes(0))
      throw this.error("a text is not terminated by a NUL", offset);
    return this.text(offset, max);
  }
}
