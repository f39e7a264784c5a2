import { Fault } from "@release-actions/report";

/** A file that is not an ELF file or that has an inconsistent structure. */
export class ElfError extends Fault {
  override readonly name = "ElfError";
  /** The position in the file, in bytes. */
  readonly offset: number;

  constructor(message: string, offset: number, options: ErrorOptions = {}) {
    super(`${message} (at byte ${offset})`, options);
    this.offset = offset;
  }
}
