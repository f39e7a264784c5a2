import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { isStepList, type WorkflowFile, YamlError } from "@release-actions/workflow";
import { localActionsIn, type ScriptTexts } from "./repository-scripts.ts";

/** The workflows in the folder, sorted by name, without the files that only list steps. @throws Fault without a folder */
export async function readWorkflowFolder(folder: string, workspace: string): Promise<WorkflowFile[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Fault(`there is no folder ${path.relative(workspace, folder)} with workflows`, {
      cause,
      advice: "Check out the repository first.",
    });
  });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => readShown(path.join(folder, name), workspace))
    .filter((file) => !listsSteps(file));
}

/** Reads the justfile, the makefile and the local actions that the workflows use. */
export function readScriptTexts(workspace: string, files: readonly WorkflowFile[]): ScriptTexts {
  const first = (...names: string[]): string => {
    const file = names.map((name) => path.join(workspace, name)).find((name) => existsSync(name));
    return file === undefined ? "" : readShown(file, workspace).text;
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

function readShown(file: string, workspace: string): WorkflowFile {
  const shown = path.relative(workspace, file);
  return { file: shown, text: readText(file, shown) };
}

function listsSteps({ text, file }: WorkflowFile): boolean {
  try {
    return isStepList(text, file);
  } catch (error) {
    if (error instanceof YamlError) return false; // Reading the workflow reports this error later.
    throw error;
  }
}
