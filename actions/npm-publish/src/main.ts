import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  if (runner.inputs.mode === "settle") {
    const { finishStaged } = await import("./publish/finish-staged.ts");
    await finishStaged(runner);
  } else {
    const { publish } = await import("./publish/publish.ts");
    await publish(runner);
  }
});
