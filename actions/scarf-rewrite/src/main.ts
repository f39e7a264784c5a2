import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { tell } from "./tell.ts";

void runAction(contract, async (runner) => {
  const { rewriteAll } = await import("./rewrite-all.ts");
  tell(runner, await rewriteAll(runner));
});
