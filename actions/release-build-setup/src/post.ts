import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { STATE, switchedOff } from "./state.ts";

void runAction(contract, async (runner) => {
  const workspace = switchedOff(runner.loadState(STATE));
  if (workspace === undefined) return;
  const { restoreHakari } = await import("@release-actions/hakari");
  const restored = await restoreHakari(workspace, runner.env["RUNNER_TEMP"] ?? "/tmp");
  if (restored !== undefined) runner.info(`hakari is on again in ${workspace}`);
});
