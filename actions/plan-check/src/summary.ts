import type { DistPlan, DroppedTargets } from "@release-actions/dist-plan";
import { countOf, type Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { declaredFor, hasExtrasOnly, type Missing, versionsOf } from "./check-plan.ts";
import type { DistConfig } from "./dist-config.ts";

interface Checked {
  readonly config: DistConfig;
  readonly missing: readonly Missing[];
  readonly isDropped: DroppedTargets;
}

/** Sets the outputs, annotates missing archives, and shows which targets are planned for each app. */
export function summarize(runner: ActionRunner, plan: DistPlan, { config, missing, isDropped }: Checked): void {
  const versions = versionsOf(plan);
  runner.setOutput("version", new Set(plan.releases.map(({ version }) => version.text)).size === 1 ? versions : "");
  runner.setOutput(
    "missing",
    missing.map(({ app, target }) => ({ app, target: target.value })),
  );
  const problems = missing.map(({ app, target }): Problem => {
    const message = `${target.value} is declared, but the plan has no archive of ${app} for it`;
    return { level: "error", title: "plan-check", message, location: target.location };
  });
  for (const problem of problems) runner.problem(problem);
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
  const [fault, next] =
    all.size === 0
      ? [`${config.file} declares no targets`, "Declare them under `[dist]`."]
      : missing.length > 0
        ? [
            `the plan lacks ${countOf(missing.length, "archive")} that ${config.file} declares`,
            "Look for `targets` in the packages' own configuration. If an app leaves a target out on purpose, add <app>:<target> to `drop-targets`.",
          ]
        : [undefined, ""];
  runner.summary
    .verdict(
      fault === undefined ? "success" : "error",
      `Plan of ${versions}: ${fault ?? `complete for ${countOf(all.size, "target")}`}`,
    )
    .findings(problems)
    .next(next)
    .table(
      ["target", ...plan.releases.map(({ app }) => app)],
      [...all].map((target) => [target, ...plan.releases.map(({ app }) => verdict(app, target))]),
    );
  const apps = plan.releases.map(({ app }) => app).join(", ");
  if (fault !== undefined) runner.fail(fault, next);
  else runner.info(`${versions} is planned for ${countOf(all.size, "target")}: ${apps}`);
}
