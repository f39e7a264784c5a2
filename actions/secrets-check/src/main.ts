import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { checkRun } = await import("./check-run.ts");
  await checkRun(runner);
});
