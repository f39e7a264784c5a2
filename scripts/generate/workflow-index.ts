import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Document, isMap, isScalar, parseDocument } from "yaml";
import { table } from "./markdown.ts";
import { USUAL_CALLS } from "./usual-calls.ts";

/** The documented parts of a reusable workflow. */
export interface WorkflowDoc {
  readonly file: string;
  /** The comment at the top of the file. */
  readonly description: string;
  readonly inputs: readonly (readonly string[])[];
  readonly secrets: readonly (readonly string[])[];
  readonly outputs: readonly (readonly string[])[];
  /** The permissions that a caller must grant: for each scope the highest level that any job requests. */
  readonly permissions: ReadonlyMap<string, string>;
  /** The required inputs, with an example of each, and the required secrets. */
  readonly required: { readonly inputs: ReadonlyMap<string, string>; readonly secrets: readonly string[] };
}

/** The levels of a permission, the lowest first (docs.github.com, "Workflow syntax", `permissions`). */
const LEVELS = ["none", "read", "write"];

/** Every workflow with `on: workflow_call`, sorted by name. */
export function readWorkflowDocs(root: string): WorkflowDoc[] {
  return globSync(".github/workflows/*.yml", { cwd: root })
    .sort()
    .flatMap((file) => readWorkflowDoc(path.basename(file), readFileSync(path.join(root, file), "utf8")) ?? []);
}

/** The chapter of `action-index.md` on reusable workflows. */
export function workflowIndex(workflows: readonly WorkflowDoc[], repository: string): string {
  return ["# Workflows", ...workflows.map((workflow) => workflowEntry(workflow, workflows, repository))].join("\n\n");
}

/** Reads a reusable workflow; undefined for other workflows. @throws Error that names the file and the part without a description */
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
    permissions: permissionsOf(document.toJS()),
    required: {
      inputs: new Map(requiredOf(document, "inputs").map(([name, text]) => [name, exampleOf(file, name, text)])),
      secrets: requiredOf(document, "secrets").map(([name]) => name),
    },
  };
}

/**
 * The highest level that the jobs request for each scope. GitHub refuses to start a called workflow whose jobs request
 * more than the caller grants.
 */
function permissionsOf(workflow: unknown): Map<string, string> {
  const { jobs = {} } = Object(workflow) as { jobs?: Record<string, { permissions?: Record<string, string> }> };
  const found = new Map<string, string>();
  for (const { permissions = {} } of Object.values(jobs)) {
    for (const [scope, level] of Object.entries(permissions)) {
      if (LEVELS.indexOf(level) > LEVELS.indexOf(found.get(scope) ?? "none")) found.set(scope, level);
    }
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The names of the required inputs or secrets, with their descriptions. */
function requiredOf(document: Document, key: "inputs" | "secrets"): [string, string][] {
  const map = document.getIn(["on", "workflow_call", key]);
  if (!isMap(map)) return [];
  return map.items.flatMap(({ key: name, value }) =>
    isMap(value) && value.get("required") === true && isScalar(name)
      ? [[String(name.value), String(value.get("description"))]]
      : [],
  );
}

/** An example value of an input: the first code in its description. */
function exampleOf(file: string, name: string, description: string): string {
  const [, example] = /`([^`]+)`/.exec(description) ?? [];
  if (example === undefined)
    throw new Error(`${file}: the description of inputs.${name} gives no example in backticks`);
  return example;
}

/** Example jobs that call the workflow with everything that it needs, after the workflow whose outputs it uses. */
function callersOf(workflow: WorkflowDoc, all: readonly WorkflowDoc[], repository: string): string {
  const { after } = USUAL_CALLS[workflow.file] ?? {};
  const before = all.find(({ file }) => file === after);
  if (before === undefined && after !== undefined)
    throw new Error(`${workflow.file}: there is no ${after} to call before it`);
  const jobs = [...(before === undefined ? [] : callerOf(before, repository)), ...callerOf(workflow, repository)];
  return ["```yaml", "jobs:", ...jobs, "```"].join("\n");
}

function callerOf({ file, permissions, required }: WorkflowDoc, repository: string): string[] {
  const usual = USUAL_CALLS[file] ?? {};
  const granted = [...permissions].map(([scope, level]) => `      ${scope}: ${level}`);
  const given = [...required.inputs, ...Object.entries(usual.inputs ?? {})];
  const secrets = [...required.secrets, ...(usual.secrets ?? [])];
  return [
    `  ${jobOf(file)}:`,
    ...(usual.after === undefined ? [] : [`    needs: ${jobOf(usual.after)}`]),
    ...(usual.if === undefined ? [] : [`    if: ${usual.if}`]),
    ...(granted.length > 0 ? ["    permissions:", ...granted] : ["    permissions: {}"]),
    `    uses: ${repository}/.github/workflows/${file}@v1`,
    ...(given.length > 0 ? ["    with:", ...given.map(([name, example]) => `      ${name}: ${example}`)] : []),
    ...(secrets.length > 0
      ? ["    secrets:", ...secrets.map((name) => `      ${name}: ${"$"}{{ secrets.${name} }}`)]
      : []),
  ];
}

function jobOf(file: string): string {
  return path.basename(file, ".yml");
}

function workflowEntry(workflow: WorkflowDoc, all: readonly WorkflowDoc[], repository: string): string {
  const { file, description, inputs, secrets, outputs } = workflow;
  return [
    `## ${file}`,
    description,
    callersOf(workflow, all, repository),
    ...(inputs.length > 0 ? ["### Inputs", table(["input", "type", "default", "meaning"], inputs)] : []),
    ...(secrets.length > 0 ? ["### Secrets", table(["secret", "meaning"], secrets)] : []),
    ...(outputs.length > 0 ? ["### Outputs", table(["output", "meaning"], outputs)] : []),
  ].join("\n\n");
}
