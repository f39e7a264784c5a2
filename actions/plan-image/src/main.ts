import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  // The parsers load here, so that the bundle starts fast.
  const [{ readEvent }, { planImage }, { versionOfPackage }, { summarize }] = await Promise.all([
    import("./event.ts"),
    import("./plan-image.ts"),
    import("./package-version.ts"),
    import("./summary.ts"),
  ]);
  const event = await readEvent(runner);
  const plan = planImage(runner.inputs, event, (name) => versionOfPackage(name, event.workspace));
  summarize(runner, plan);
});
