import { Fault } from "@release-actions/report";

/** A package that cannot be published as it is, or a registry that does not take it. */
export class NpmError extends Fault {
  override readonly name = "NpmError";
}
