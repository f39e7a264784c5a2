import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  // The parsers load here, so that the bundle starts fast.
  const [{ checkAndFix }, { reportVerdict }] = await Promise.all([
    import("./check-and-fix.ts"),
    import("./summary.ts"),
  ]);
  reportVerdict(runner, await checkAndFix(runner));
});
