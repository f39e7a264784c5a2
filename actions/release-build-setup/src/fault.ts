import { Fault } from "@release-actions/report";

/** A fault that prevents setting up the build as its sources require. */
export class SetupError extends Fault {
  override readonly name = "SetupError";
}
