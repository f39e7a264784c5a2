import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  // The parsers load here, so that the bundle starts fast.
  const [{ readEvent }, { planImage }, { versionOfPackage }] = await Promise.all([
    import("./event.ts"),
    import("./plan-image.ts"),
    import("./package-version.ts"),
  ]);
  const event = await readEvent(runner.env);
  const plan = planImage(runner.inputs, event, (name) => versionOfPackage(name, event.workspace));
  const { push, images, tags, version, platforms, labels, buildArgs, exports } = plan;
  runner.setOutput("push", push);
  runner.setOutput("version", version ?? "");
  runner.setOutput("platforms", platforms.join(","));
  const lists = { images, tags, labels, "build-args": buildArgs, exports } as const;
  for (const [name, lines] of Object.entries(lists) as [keyof typeof lists, readonly string[]][]) {
    runner.setOutput(name, lines.join("\n"));
  }
  if (plan.note !== undefined) runner.problem({ level: "notice", message: plan.note });
  const given = version === undefined ? tags.join(", ") : `the tags of ${version}`;
  runner.info(`${push ? "pushing" : "building"} ${images.join(", ")} for ${platforms.join(", ")}, as ${given}`);
});
