import { Fault } from "@release-actions/report";

/** A fault in a Cargo workspace or its configuration that cargo itself would refuse, with its location. */
export class CargoError extends Fault {
  override readonly name = "CargoError";
}
