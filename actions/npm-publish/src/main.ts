import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  if (runner.inputs.mode === "settle") {
    const { settleRelease } = await import("./settle-release.ts");
    await settleRelease(runner);
  } else {
    const { publish } = await import("./publish.ts");
    await publish(runner);
  }
});
