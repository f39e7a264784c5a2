import { Fault } from "@release-actions/report";

/** Bytes that break the rules of the format. `offset` counts from the start of the file that was read. */
export class MachoError extends Fault {
  override readonly name = "MachoError";
  readonly offset: number;

  constructor(what: string, offset: number, options: ErrorOptions = {}) {
    super(`${what} (at byte ${offset})`, options);
    this.offset = offset;
  }
}
