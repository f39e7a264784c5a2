import { Fault } from "@release-actions/report";

/** Bytes that violate the format. `offset` is relative to the start of the file. */
export class MachoError extends Fault {
  override readonly name = "MachoError";
  readonly offset: number;

  constructor(what: string, offset: number, options: ErrorOptions = {}) {
    super(`${what} (at byte ${offset})`, options);
    this.offset = offset;
  }
}
