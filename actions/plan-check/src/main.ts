import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { run } = await import("./run.ts");
  await run(runner);
});
