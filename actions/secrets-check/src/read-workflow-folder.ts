import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { readText } from "@release-actions/text";
import type { WorkflowFile } from "@release-actions/workflow";

/** The workflow files of a folder; empty when the folder does not exist. */
export async function readWorkflowFolder(folder: string): Promise<WorkflowFile[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  return names.map((name) => ({ file: name, text: readText(path.join(folder, name), name) }));
}
