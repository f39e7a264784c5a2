import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { summarize } from "./summary.ts";

void runAction(contract, async (runner) => {
  const { identify } = await import("./identify.ts");
  summarize(runner, await identify(runner));
});
