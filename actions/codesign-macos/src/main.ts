import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { signFiles } = await import("./sign-files.ts");
  await signFiles(runner);
});
