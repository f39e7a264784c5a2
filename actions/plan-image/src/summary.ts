import type { ActionRunner } from "./action.gen.ts";
import type { ImagePlan } from "./plan-image.ts";

/** Sets the outputs, and logs in one line what will be built. */
export function summarize(runner: ActionRunner, plan: ImagePlan): void {
  const { push, version, platforms, builds } = plan;
  runner.setOutput("push", push);
  runner.setOutput("version", version ?? "");
  runner.setOutput("platforms", platforms.join(","));
  runner.setOutput("builds", builds.length === 0 ? "" : JSON.stringify(builds));
  const lists = {
    images: plan.images,
    names: plan.names,
    "tag-rules": plan.tagRules,
    flavor: plan.flavor,
    labels: plan.labels,
    "build-args": plan.buildArgs,
    exports: plan.exports,
  } as const;
  for (const [name, lines] of Object.entries(lists) as [keyof typeof lists, readonly string[]][]) {
    runner.setOutput(name, lines.join("\n"));
  }
  if (plan.note !== undefined) runner.problem({ level: "notice", message: plan.note });
  const given = version === undefined ? plan.tagRules.join("; ") : `the tags of ${version}`;
  runner.info(`${push ? "pushing" : "building"} ${plan.images.join(", ")} for ${platforms.join(", ")}: ${given}`);
}
