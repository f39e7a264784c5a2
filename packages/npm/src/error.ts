import { Fault } from "@release-actions/report";

/** A package that cannot be published in its current form, or that the registry refuses. */
export class NpmError extends Fault {
  override readonly name = "NpmError";
}
