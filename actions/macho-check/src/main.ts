import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { checkSignatures } = await import("./check-signatures.ts");
  await checkSignatures(runner);
});
