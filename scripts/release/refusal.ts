import { Fault } from "@release-actions/report";

/** A reason not to publish. Nothing has been pushed when it is thrown. */
export class Refusal extends Fault {
  override readonly name = "Refusal";
}
