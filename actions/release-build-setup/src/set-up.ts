import path from "node:path";
import { disableHakari, openHakari, readHakari } from "@release-actions/hakari";
import { githubServices, installTool } from "@release-actions/tools";
import type { ActionRunner } from "./action.gen.ts";
import { trustWorkspace } from "./container.ts";
import { makeNotice } from "./notice.ts";
import type { SetupPlan } from "./plan-setup.ts";
import { MARKER } from "./resolve-flags.ts";
import { chooseTools } from "./tool-list.ts";

/** Prepares the job. Changes that later steps see come last, after everything else has succeeded. */
export async function setUp(runner: ActionRunner, plan: SetupPlan): Promise<void> {
  const { inputs, env } = runner;
  await trustWorkspace(runner);
  const folders = await installTools(runner, plan.noticeCommand !== undefined);
  if (inputs.hakari === "disable") await switchHakariOff(runner, plan.cwd);
  if (plan.noticeCommand !== undefined) {
    const searchPath = [...folders, env["PATH"] ?? ""].join(path.delimiter);
    runner.setOutput("notice", await makeNotice(plan.noticeCommand, searchPath, runner));
  } else runner.setOutput("notice", "");
  for (const { name, value } of plan.variables) runner.exportVariable(name, value);
  runner.exportVariable(MARKER, plan.flags.rustflags);
  const mark = plan.flags.warnings.length > 0 ? "warning" : "success";
  runner.summary.verdict(mark, `Release build: set up for ${plan.targets.join(", ")}`);
}

/** Installs the tools, and returns their folders for the PATH. */
async function installTools(runner: ActionRunner, makesNotice: boolean): Promise<string[]> {
  const services = githubServices(runner);
  const folders: string[] = [];
  for (const request of chooseTools(runner.inputs.tools, runner.env, makesNotice)) {
    const { folder } = await installTool(request, services);
    if (folder === undefined) continue;
    runner.addPath(folder);
    folders.unshift(folder);
  }
  return folders;
}

async function switchHakariOff(runner: ActionRunner, cwd: string): Promise<void> {
  const hakari = readHakari(cwd);
  if (hakari === undefined) return runner.info("the workspace has no hakari: nothing to switch off");
  const { services } = await openHakari(hakari, { cwd, version: undefined }, runner);
  // Save the state before the change, so that the post step can undo it whatever happens.
  runner.saveState("switched-off", hakari.workspace.root);
  const outcome = await disableHakari(hakari, services);
  runner.info(outcome === "disabled" ? "hakari is off until the job ends" : "hakari was already off");
}
