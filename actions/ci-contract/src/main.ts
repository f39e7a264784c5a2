import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { checkOrSuggest } = await import("./check-or-suggest.ts");
  await checkOrSuggest(runner);
});
