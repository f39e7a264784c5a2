import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { announce } = await import("./announce.ts");
  await announce(runner);
});
