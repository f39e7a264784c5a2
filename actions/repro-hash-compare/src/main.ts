import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { hashAndCompare } = await import("./hash-and-compare.ts");
  await hashAndCompare(runner);
});
