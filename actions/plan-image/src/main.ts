import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  // The parsers load here, so that the bundle starts fast.
  const [{ readEvent }, { planImage }, { versionOfPackage }] = await Promise.all([
    import("./event.ts"),
    import("./plan-image.ts"),
    import("./package-version.ts"),
  ]);
  const event = await readEvent(runner);
  const plan = planImage(runner.inputs, event, (name) => versionOfPackage(name, event.workspace));
  const { push, version, platforms, builds } = plan;
  runner.setOutput("push", push);
  runner.setOutput("version", version ?? "");
  runner.setOutput("platforms", platforms.join(","));
  runner.setOutput("builds", builds.length === 0 ? "" : JSON.stringify(builds));
  const lists = {
    ...{ images: plan.images, names: plan.names, "tag-rules": plan.tagRules, flavor: plan.flavor },
    ...{ labels: plan.labels, "build-args": plan.buildArgs, exports: plan.exports },
  } as const;
  for (const [name, lines] of Object.entries(lists) as [keyof typeof lists, readonly string[]][]) {
    runner.setOutput(name, lines.join("\n"));
  }
  if (plan.note !== undefined) runner.problem({ level: "notice", message: plan.note });
  const given = version === undefined ? plan.tagRules.join("; ") : `the tags of ${version}`;
  runner.info(`${push ? "pushing" : "building"} ${plan.images.join(", ")} for ${platforms.join(", ")}: ${given}`);
});
