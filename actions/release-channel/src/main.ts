import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { tell } from "./tell.ts";

void runAction(contract, async (runner) => {
  const { decide } = await import("./decide.ts");
  tell(runner, await decide(runner));
});
