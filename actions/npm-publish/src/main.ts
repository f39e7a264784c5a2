import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { publish } = await import("./publish.ts");
  await publish(runner);
});
