import { loadPlan, parseDropTargets, requireTag } from "@release-actions/dist-plan";
import { readFacts, runArtifacts } from "@release-actions/release-run";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { declaredFor, hasExtrasOnly, missingArchives, versionsOf } from "./check-plan.ts";
import { readDistConfig } from "./dist-config.ts";

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
  const plan = await loadPlan(inputs.plan, runArtifacts(runner.env, runner).read);
  requireTag(plan, facts.tag);
  const missing = missingArchives(plan, config, isDropped);

  const versions = versionsOf(plan);
  runner.setOutput("version", new Set(plan.releases.map(({ version }) => version.text)).size === 1 ? versions : "");
  runner.setOutput(
    "missing",
    missing.map(({ app, target }) => ({ app, target: target.value })),
  );
  for (const { app, target } of missing) {
    const message = `${target.value} is declared, but the plan has no archive of ${app} for it`;
    runner.problem({ level: "error", title: "plan-check", message, location: target.location });
  }
  for (const { app } of plan.releases.filter(hasExtrasOnly)) {
    runner.info(`${app} has only extra-artifacts, which belong to no target`);
  }
  const all = new Set(
    plan.releases.flatMap(({ app }) => declaredFor(app, config, () => false).map(({ value }) => value)),
  );
  const verdict = (app: string, target: string): string => {
    if (missing.some((one) => one.app === app && one.target.value === target)) return "missing";
    if (isDropped(app, target)) return "dropped on purpose";
    return declaredFor(app, config, isDropped).some(({ value }) => value === target) ? "✓" : "not declared";
  };
  runner.summary.heading(`The plan of ${versions}`).table(
    ["target", ...plan.releases.map(({ app }) => app)],
    [...all].map((target) => [target, ...plan.releases.map(({ app }) => verdict(app, target))]),
  );
  const apps = plan.releases.map(({ app }) => app).join(", ");
  if (all.size === 0) runner.fail(`${config.file} declares no targets`, "Declare them under `[dist]`.");
  else if (missing.length === 0) runner.info(`${versions} is planned for ${countOf(all.size, "target")}: ${apps}`);
  else
    runner.fail(
      `the plan lacks ${countOf(missing.length, "archive")} that ${config.file} declares`,
      "Look for `targets` in the packages' own configuration. If an app leaves a target out on purpose, add <app>:<target> to `drop-targets`.",
    );
}
