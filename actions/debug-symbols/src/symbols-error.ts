import type { Runner } from "@release-actions/action-kit";
import { Fault } from "@release-actions/report";
import type { contract } from "./action.gen.ts";

/** Something about a binary or its debug file that stops the step. */
export class SymbolsError extends Fault {
  override readonly name = "SymbolsError";
}

export type SymbolsRunner = Runner<typeof contract>;
