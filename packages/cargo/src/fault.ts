import { Fault } from "@release-actions/report";

/** Something in a Cargo workspace or its configuration that cargo itself would refuse, with its place. */
export class CargoError extends Fault {
  override readonly name = "CargoError";
}
