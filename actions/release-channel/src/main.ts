import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { summarize } from "./summary.ts";

void runAction(contract, async (runner) => {
  const { decide } = await import("./decide.ts");
  summarize(runner, await decide(runner));
});
