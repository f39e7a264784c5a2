import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { planSetup } = await import("./plan-setup.ts");
  const plan = await planSetup(runner);
  const { summarizePlan } = await import("./summary.ts");
  summarizePlan(runner, plan);
  if (runner.inputs.mode === "check") {
    const { checkSetup } = await import("./check-setup.ts");
    return checkSetup(runner, plan);
  }
  const { setUp } = await import("./set-up.ts");
  await setUp(runner, plan);
});
