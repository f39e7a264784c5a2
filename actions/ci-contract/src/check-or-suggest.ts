import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { workspaceFolder } from "@release-actions/action-kit";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { type ActionRunner, contract } from "./action.gen.ts";
import { readScriptTexts, readWorkflowFolder } from "./repository-files.ts";
import { reportFindings } from "./summary.ts";

/** Checks the workflows against the contract; without one, runs the general checks. Or writes a first contract. */
export async function checkOrSuggest(runner: ActionRunner): Promise<void> {
  const workspace = workspaceFolder(runner.env);
  const file = runner.inputs.contract;
  const shown = path.relative(workspace, file);
  const workflows = await readWorkflowFolder(runner.inputs.workflows, workspace);
  if (runner.inputs.mode === "suggest") {
    // Never replace a file that a person wrote.
    if (existsSync(file)) throw new Fault(`${shown} already exists`, { advice: "Name another file in `contract`." });
    const { suggestContract } = await import("./suggest.ts");
    await writeFile(file, await suggestContract(workflows, readScriptTexts(workspace, workflows)));
    runner.info(`${shown} lists what the workflows do today: read it, and commit what you want to promise.`);
  } else if (existsSync(file)) {
    const [{ readContract }, { checkContract }] = await Promise.all([
      import("./contract.ts"),
      import("./check-contract.ts"),
    ]);
    const promises = readContract(readText(file, shown), shown);
    const findings = await checkContract(promises, workflows, readScriptTexts(workspace, workflows));
    const names = promises.map(({ name }) => name);
    reportFindings(runner, findings, names, shown);
  } else {
    if (shown !== contract.inputs.contract.default) throw new Fault(`${shown} does not exist`);
    const { checkRepository } = await import("./check-repository.ts");
    runner.info(`There is no ${shown}: the workflows are checked only for what is wrong in any repository.`);
    reportFindings(runner, await checkRepository(workflows), [], undefined);
  }
}
