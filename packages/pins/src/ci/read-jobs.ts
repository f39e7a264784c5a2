import path from "node:path";
import { isMap, isScalar, isSeq, type Scalar } from "yaml";
import type { Repository } from "../locate/repository.ts";
import { yamlScript } from "../locate/script.ts";
import { mapEntries, mapValue, scalarText, seqItems, type YamlFile } from "../locate/yaml-file.ts";
import type { CiJob, CiStep } from "./job.ts";
import { purposeOf } from "./purpose.ts";

/** The workflow files of GitHub and of services that use the same format. */
export const WORKFLOWS = /^\.(?:github|gitea|forgejo|depot)\/workflows\/(?:[^/]+\/)*[^/]+\.ya?ml$/;
const ACTIONS = /(^|\/)action\.ya?ml$/;

type Scalars = ReadonlyMap<string, Scalar>;

/** The jobs of all readable workflows, composite actions and lists of steps. */
export function readJobs(repository: Repository): CiJob[] {
  return [
    ...repository.readable(WORKFLOWS, (file) => jobsOf(repository.yaml(file))),
    ...repository.readable(ACTIONS, (file) => actionJobs(repository.yaml(file))),
  ];
}

function jobsOf(yaml: YamlFile): CiJob[] {
  const root = yaml.document.contents;
  if (isSeq(root)) return [standalone(yaml, root, new Map())];
  const on = mapValue(yaml, root, "on");
  const outer = {
    env: scalars(yaml, mapValue(yaml, root, "env")),
    inputs: inputDefaults(
      yaml,
      ["workflow_call", "workflow_dispatch"].map((event) => mapValue(yaml, mapValue(yaml, on, event), "inputs")),
    ),
    label: `${path.basename(yaml.file)} ${scalarText(mapValue(yaml, root, "name")) ?? ""}`,
    on: triggerText(yaml, on),
    workingDirectory: workingDirectory(yaml, root),
  };
  return mapEntries(yaml, mapValue(yaml, root, "jobs")).map(([id, node]) => makeJob(yaml, id, node, outer));
}

/** Represents a composite action as a job, although its steps run inside its caller's job. */
function actionJobs(yaml: YamlFile): CiJob[] {
  const root = yaml.document.contents;
  const runs = mapValue(yaml, root, "runs");
  if (mapValue(yaml, runs, "steps") === undefined) return [];
  return [standalone(yaml, runs, inputDefaults(yaml, [mapValue(yaml, root, "inputs")]))];
}

function standalone(yaml: YamlFile, node: unknown, inputs: Scalars): CiJob {
  return makeJob(yaml, yaml.file, node, { env: new Map(), inputs, label: yaml.file, on: "" });
}

interface Outer {
  readonly env: Scalars;
  readonly inputs: Scalars;
  readonly label: string;
  /** The triggers of the workflow, as one text. */
  readonly on: string;
  readonly workingDirectory?: string | undefined;
}

function makeJob(yaml: YamlFile, id: string, node: unknown, outer: Outer): CiJob {
  const directory = workingDirectory(yaml, node) ?? outer.workingDirectory ?? "";
  const steps = stepNodes(yaml, isSeq(node) ? node : mapValue(yaml, node, "steps")).flatMap((step) =>
    isMap(step) ? [readStep(yaml, step, directory)] : [],
  );
  const name = scalarText(mapValue(yaml, node, "name")) ?? "";
  const matrix = matrixOf(yaml, mapValue(yaml, mapValue(yaml, node, "strategy"), "matrix"));
  return {
    file: yaml.file,
    yaml,
    id,
    matrix,
    steps,
    inputs: outer.inputs,
    label: `${id} ${name} ${outer.label}`,
    env: new Map([...outer.env, ...scalars(yaml, mapValue(yaml, node, "env"))]),
    runsOn: seqItems(yaml, mapValue(yaml, node, "runs-on"))
      .map(scalarText)
      .find(Boolean),
    purpose: purposeOf({ workflow: outer.label, triggers: outer.on, job: `${id} ${name}`, steps }),
  };
}

/** The steps of a list. A `parallel` group is replaced by its members (docs: "Workflow syntax"). */
function stepNodes(yaml: YamlFile, list: unknown): unknown[] {
  return seqItems(yaml, list).flatMap((step) => {
    const group = mapValue(yaml, step, "parallel");
    return isSeq(group) ? stepNodes(yaml, group) : [step];
  });
}

function readStep(yaml: YamlFile, node: unknown, directory: string): CiStep {
  const get = (key: string): unknown => mapValue(yaml, node, key);
  const [uses, run] = [get("uses"), get("run")];
  return {
    uses: isScalar(uses) ? uses : undefined,
    with: scalars(yaml, get("with")),
    env: scalars(yaml, get("env")),
    run: isScalar(run) ? yamlScript(yaml, run) : undefined,
    name: scalarText(get("name")) ?? "",
    condition: scalarText(get("if")) ?? "",
    workingDirectory: folderOf(scalarText(get("working-directory")) ?? directory),
  };
}

function workingDirectory(yaml: YamlFile, node: unknown): string | undefined {
  return scalarText(mapValue(yaml, mapValue(yaml, mapValue(yaml, node, "defaults"), "run"), "working-directory"));
}

/** Normalizes a folder. If an expression names it, it is unknown, and the repository's root is used. */
function folderOf(text: string): string {
  return text.includes("${{") ? "" : path.posix.normalize(text).replace(/^\.?\/|^\.$|\/$/g, "");
}

function triggerText(yaml: YamlFile, on: unknown): string {
  if (isMap(on)) {
    return mapEntries(yaml, on)
      .map(([event, filters]) => [event, ...mapEntries(yaml, filters).map(([key]) => key)].join(" "))
      .join(" ");
  }
  return seqItems(yaml, on).map(scalarText).join(" ");
}

function scalars(yaml: YamlFile, node: unknown): Scalars {
  return new Map(mapEntries(yaml, node).flatMap(([key, value]) => (isScalar(value) ? [[key, value] as const] : [])));
}

function inputDefaults(yaml: YamlFile, nodes: readonly unknown[]): Scalars {
  const all = nodes.flatMap((inputs) => mapEntries(yaml, inputs));
  return new Map(
    all.flatMap(([name, input]) => {
      const value = mapValue(yaml, input, "default");
      return isScalar(value) ? [[name, value] as const] : [];
    }),
  );
}

/** The values of all axes and of `include`, by name. Values inside mappings get a dotted name: `matrix.job.toolchain`. */
function matrixOf(yaml: YamlFile, node: unknown): ReadonlyMap<string, readonly Scalar[]> {
  const found = new Map<string, Scalar[]>();
  const add = (name: string, value: unknown): void => {
    if (isScalar(value)) found.set(name, [...(found.get(name) ?? []), value]);
    else if (isMap(value)) for (const [key, inner] of mapEntries(yaml, value)) add(`${name}.${key}`, inner);
  };
  for (const [axis, values] of mapEntries(yaml, node)) {
    for (const item of isSeq(values) ? seqItems(yaml, values) : []) {
      if (axis === "exclude") continue;
      if (axis === "include") for (const [key, value] of mapEntries(yaml, item)) add(key, value);
      else add(axis, item);
    }
  }
  return found;
}
