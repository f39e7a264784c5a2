import { Fault } from "@release-actions/report";

/** Something that keeps the build from being set up as its sources say. */
export class SetupError extends Fault {
  override readonly name = "SetupError";
}
