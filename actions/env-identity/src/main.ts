import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { tell } from "./tell.ts";

void runAction(contract, async (runner) => {
  const { identify } = await import("./identify.ts");
  tell(runner, await identify(runner.inputs, runner));
});
