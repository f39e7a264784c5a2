import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { debugSymbols } = await import("./debug-symbols.ts");
  await debugSymbols(runner);
});
