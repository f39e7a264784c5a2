import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { summarize } from "./summary.ts";

void runAction(contract, async (runner) => {
  const { rewriteAll } = await import("./rewrite-all.ts");
  summarize(runner, await rewriteAll(runner));
});
