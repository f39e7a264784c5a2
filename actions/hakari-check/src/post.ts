import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  // The main step saves the workspace in which it switches hakari off.
  const workspace = runner.loadState("switched-off");
  if (typeof workspace !== "string" || workspace === "") return;
  const { restore } = await import("./restore.ts");
  await restore(runner, workspace);
});
