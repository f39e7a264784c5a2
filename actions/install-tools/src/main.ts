import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  // GitHub's libraries load here, so that the bundle starts fast.
  const { installTools } = await import("./install-tools.ts");
  const tools = await installTools(runner.inputs.tools, runner);
  for (const { folder } of tools) if (folder !== undefined) runner.addPath(folder);
  runner.setOutput("versions", Object.fromEntries(tools.map(({ name, version }) => [name, version])));
});
