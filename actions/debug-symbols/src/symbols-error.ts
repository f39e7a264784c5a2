import { Fault } from "@release-actions/report";

/** A fault of a binary or its debug file that stops the step. */
export class SymbolsError extends Fault {
  override readonly name = "SymbolsError";
}
