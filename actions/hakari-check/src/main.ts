import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { COMMANDS } = await import("./commands.ts");
  await COMMANDS[runner.inputs.command](runner);
});
