import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { isMap, isScalar, parseDocument } from "yaml";
import { table } from "./markdown.ts";

/** A workflow that others may call, as far as its documentation goes. */
export interface WorkflowDoc {
  readonly file: string;
  /** The comment at the top of the file. */
  readonly description: string;
  readonly inputs: readonly (readonly string[])[];
  readonly secrets: readonly (readonly string[])[];
  readonly outputs: readonly (readonly string[])[];
}

/** Every workflow with `on: workflow_call`, sorted by name. */
export function readWorkflowDocs(root: string): WorkflowDoc[] {
  return globSync(".github/workflows/*.yml", { cwd: root })
    .sort()
    .flatMap((file) => readWorkflowDoc(path.basename(file), readFileSync(path.join(root, file), "utf8")) ?? []);
}

/** The chapter of `action-index.md` on reusable workflows. */
export function workflowIndex(workflows: readonly WorkflowDoc[], repository: string): string {
  return ["# Workflows", ...workflows.map((workflow) => workflowEntry(workflow, repository))].join("\n\n");
}

/** @throws Error naming the file and what has no description. */
export function readWorkflowDoc(file: string, text: string): WorkflowDoc | undefined {
  const document = parseDocument(text);
  if (!document.hasIn(["on", "workflow_call"])) return undefined;
  const comment = /^(?:#.*\n)*/.exec(text)?.[0] ?? "";
  const description = comment.replace(/^# ?/gm, "").replace(/\s+/g, " ").trim();
  if (description === "") throw new Error(`${file}: a comment at the top must say what the workflow does`);
  const rows = (key: string, row: (name: string, field: (name: string) => string) => string[]): string[][] => {
    const map = document.getIn(["on", "workflow_call", key]);
    if (!isMap(map)) return [];
    return map.items.map(({ key: name, value }) => {
      const field = (wanted: string): string => (isMap(value) ? String(value.get(wanted) ?? "") : "");
      if (field("description") === "") throw new Error(`${file}: ${key}.${String(name)} has no description`);
      return row(isScalar(name) ? String(name.value) : "", field);
    });
  };
  return {
    file,
    description,
    inputs: rows("inputs", (name, field) => [
      `\`${name}\``,
      field("type"),
      field("default") === "" ? "-" : `\`${field("default")}\``,
      field("description"),
    ]),
    secrets: rows("secrets", (name, field) => [`\`${name}\``, field("description")]),
    outputs: rows("outputs", (name, field) => [`\`${name}\``, field("description")]),
  };
}

function workflowEntry({ file, description, inputs, secrets, outputs }: WorkflowDoc, repository: string): string {
  return [
    `## ${file}`,
    description,
    `\`\`\`yaml\nuses: ${repository}/.github/workflows/${file}@v1\n\`\`\``,
    ...(inputs.length > 0 ? ["### Inputs", table(["input", "type", "default", "meaning"], inputs)] : []),
    ...(secrets.length > 0 ? ["### Secrets", table(["secret", "meaning"], secrets)] : []),
    ...(outputs.length > 0 ? ["### Outputs", table(["output", "meaning"], outputs)] : []),
  ].join("\n\n");
}
