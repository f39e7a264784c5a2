import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { runAction } from "@release-actions/action-kit";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { contract } from "./action.gen.ts";
import type { WorkflowFile } from "./check-contract.ts";
import { localActionsIn, type ScriptTexts } from "./repository-scripts.ts";
import { reportFindings } from "./summary.ts";

void runAction(contract, async (runner) => {
  const { contract: file, workflows: folder } = runner.inputs;
  const workspace = runner.env["GITHUB_WORKSPACE"] ?? process.cwd();
  const shown = (target: string): string => path.relative(workspace, target);
  const files = await readFiles(folder, shown);
  if (runner.inputs.mode === "suggest") {
    const { suggestContract } = await import("./suggest.ts");
    // What a person wrote is not replaced.
    if (existsSync(file))
      throw new Fault(`${shown(file)} is there already`, { advice: "Name another file in `contract`." });
    await writeFile(file, await suggestContract(files, scriptsOf(workspace, files)));
    runner.info(`${shown(file)} says what the workflows do today: read it, and commit what is a promise.`);
    return;
  }
  if (!existsSync(file)) {
    if (shown(file) !== contract.inputs.contract.default) throw new Fault(`${shown(file)} does not exist`);
    const { checkRepository } = await import("./check-repository.ts");
    runner.info(`There is no ${shown(file)}: the workflows are checked for what is wrong in any repository.`);
    reportFindings(runner, await checkRepository(files), [], undefined);
    return;
  }
  const [{ readContract }, { checkContract }] = await Promise.all([
    import("./contract.ts"),
    import("./check-contract.ts"),
  ]);
  const promises = readContract(readText(file, shown(file)), shown(file));
  const findings = await checkContract(promises, files, scriptsOf(workspace, files));
  reportFindings(
    runner,
    findings,
    promises.map(({ name }) => name),
    shown(file),
  );
});

async function readFiles(folder: string, shown: (target: string) => string): Promise<WorkflowFile[]> {
  const { isStepList, YamlError } = await import("@release-actions/workflow");
  const isSteps = (text: string, file: string): boolean => {
    try {
      return isStepList(text, file);
    } catch (error) {
      if (error instanceof YamlError) return false; // A finding of its own, later.
      throw error;
    }
  };
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Fault(`there is no folder ${shown(folder)} with workflows`, {
      cause,
      advice: "Check out the repository first.",
    });
  });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => path.join(folder, name))
    .map((file) => ({ file: shown(file), text: readText(file, shown(file)) }))
    .filter(({ file, text }) => !isSteps(text, file));
}

/** The scripts that commands of the workflows lead to, under the names that their programs look for. */
function scriptsOf(workspace: string, files: readonly WorkflowFile[]): ScriptTexts {
  const first = (...names: string[]): string => {
    const file = names.map((name) => path.join(workspace, name)).find((name) => existsSync(name));
    return file === undefined ? "" : readText(file, path.relative(workspace, file));
  };
  const folders = new Set(files.flatMap(({ text }) => localActionsIn(text)));
  const actions = [...folders].map(
    (folder) => [folder, first(`${folder}/action.yml`, `${folder}/action.yaml`)] as const,
  );
  return {
    justfile: first("justfile", "Justfile", ".justfile"),
    makefile: first("GNUmakefile", "makefile", "Makefile"),
    actions: new Map(actions.filter(([, text]) => text !== "")),
  };
}
