import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { cacheVariables } from "./variables.ts";

void runAction(contract, async (runner) => {
  const variables = cacheVariables(runner.env, runner.inputs["in-tag-runs"]);
  runner.setOutput("available", variables !== undefined);
  if (variables === undefined) {
    runner.info("No cache: the runner has none, or this is a run of a tag, in which caches are not used.");
    return;
  }
  if (variables["ACTIONS_RUNTIME_TOKEN"] !== undefined) runner.mask(variables["ACTIONS_RUNTIME_TOKEN"]);
  for (const [name, value] of Object.entries(variables)) runner.exportVariable(name, value);
  runner.info(`Later steps can use the cache at ${new URL(variables["ACTIONS_RESULTS_URL"] ?? "").host}`);
});
