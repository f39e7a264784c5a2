import { loadPlan, parseDropTargets, requireTag } from "@release-actions/dist-plan";
import { readFacts, runArtifacts } from "@release-actions/release-run";
import type { ActionRunner } from "./action.gen.ts";
import { missingArchives } from "./check-plan.ts";
import { readDistConfig } from "./dist-config.ts";
import { summarize } from "./summary.ts";

/** Compares the plan with the tag and with the targets that are declared. */
export async function run(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  const facts = readFacts(runner.env);
  const isDropped = parseDropTargets(inputs["drop-targets"]);
  const config = await readDistConfig(facts.workspace, inputs.config);
  runner.setOutput("dist-version", config.distVersion ?? "");
  if (inputs.plan === "none") {
    runner.info(`${config.file} asks for cargo-dist ${config.distVersion ?? "of any version"}; no plan was checked`);
    return;
  }
  const plan = await loadPlan(inputs.plan, runArtifacts(runner).read);
  requireTag(plan, facts.tag);
  const missing = missingArchives(plan, config, isDropped);

  summarize(runner, plan, { config, missing, isDropped });
}
