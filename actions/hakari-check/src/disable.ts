import { disableHakari, openHakari, readHakari } from "@release-actions/hakari";
import type { ActionRunner } from "./action.gen.ts";

/** Switches hakari off until the post step; does nothing when the workspace has no hakari. */
export async function disable(runner: ActionRunner): Promise<void> {
  const { "working-directory": cwd, version } = runner.inputs;
  const hakari = readHakari(cwd);
  if (hakari === undefined) return runner.info(`${cwd} has no hakari.toml: nothing to switch off`);
  const { services, tool } = await openHakari(hakari, { cwd, version }, runner);
  runner.setOutput("version", tool.version);
  // Save the state before the change, so that the post step can undo it whatever happens.
  runner.saveState("switched-off", hakari.workspace.root);
  const outcome = await disableHakari(hakari, services);
  runner.info(outcome === "disabled" ? `hakari is off: ${hakari.manifest}` : "hakari was already off");
}
