import { Fault } from "@release-actions/report";

/** A tap that cannot be read or written, or in which Homebrew would not find the published formula. */
export class TapError extends Fault {
  override readonly name = "TapError";
}
