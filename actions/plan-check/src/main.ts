import path from "node:path";
import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const [{ declaredTargets, missingArchives }, { loadPlan }, { readFacts, runArtifacts, subjectOfPlan }, { readToml }] =
    await Promise.all([
      import("./check-plan.ts"),
      import("@release-actions/dist-plan"),
      import("@release-actions/release-run"),
      import("@release-actions/toml"),
    ]);
  const facts = readFacts(runner.env);
  const plan = await loadPlan(runner.inputs.plan, runArtifacts(runner.env, runner).read);
  const { version } = subjectOfPlan(plan, facts.tag);
  const shown = path.relative(facts.workspace, runner.inputs.config);
  const targets = declaredTargets(readToml(runner.inputs.config, shown));
  const missing = missingArchives(plan, targets);

  runner.setOutput("version", version.text);
  runner.setOutput(
    "missing",
    missing.map(({ app, target }) => ({ app, target: target.value })),
  );
  for (const { app, target } of missing) {
    const message = `${target.value} is declared, but the plan has no archive of ${app} for it`;
    runner.problem({ level: "error", title: "plan-check", message, location: target.location });
  }
  const verdict = (app: string, target: string): string =>
    missing.some((one) => one.app === app && one.target.value === target) ? "missing" : "✓";
  runner.summary.heading(`The plan of ${version.text}`).table(
    ["target", ...plan.releases.map(({ app }) => app)],
    targets.map(({ value }) => [value, ...plan.releases.map(({ app }) => verdict(app, value))]),
  );
  const apps = plan.releases.map(({ app }) => app).join(", ");
  if (targets.length === 0) runner.fail(`${shown} declares no targets`, "Declare them under `[dist]`.");
  else if (missing.length === 0) runner.info(`${version.text} is planned for ${targets.length} targets: ${apps}`);
  else
    runner.fail(
      `the plan lacks ${missing.length} archives that ${shown} declares`,
      "Look for `targets` in the packages' own `package.metadata.dist`, or declare what is released.",
    );
});
