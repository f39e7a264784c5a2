import { Fault } from "@release-actions/report";

/** Thrown when a release is refused, before anything was pushed. */
export class Refusal extends Fault {
  override readonly name = "Refusal";
}
