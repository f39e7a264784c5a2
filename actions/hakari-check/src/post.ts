import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { STATE, switchedOff } from "./state.ts";

void runAction(contract, async (runner) => {
  const workspace = switchedOff(runner.loadState(STATE));
  if (workspace === undefined) return;
  const { restore } = await import("./restore.ts");
  await restore(runner, workspace);
});
