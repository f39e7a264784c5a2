import type { Location } from "@release-actions/report";
import { parseYaml, YamlError, type YamlNode } from "@release-actions/yaml";

/** A file in the folder of workflows. */
export interface WorkflowFile {
  readonly file: string;
  readonly text: string;
}

/** A workflow file as GitHub reads it: its jobs, and the events that start it. */
export interface Workflow {
  readonly file: string;
  readonly name: string;
  readonly triggers: readonly Trigger[];
  readonly jobs: readonly Job[];
  readonly root: YamlNode;
}

/** One event under `on`, with its filters: `branches`, `types`, `inputs`, ... */
export interface Trigger {
  readonly event: string;
  readonly filters: YamlNode;
}

/** A job of a workflow. */
export interface Job {
  readonly workflow: Workflow;
  readonly id: string;
  /** The location of the job's key. */
  readonly location: Location & { readonly line: number };
  readonly needs: readonly string[];
  /** The condition without `${{ }}`; undefined when there is none. */
  readonly condition: string | undefined;
  /** All steps in the order of the file. A `parallel` group is replaced by its members. */
  readonly steps: readonly Step[];
  /** The reusable workflow that the job calls. */
  readonly uses: string | undefined;
  readonly node: YamlNode;
}

/** A step of a job. */
export interface Step {
  readonly id: string | undefined;
  readonly condition: string | undefined;
  readonly uses: string | undefined;
  readonly run: string | undefined;
  /** The shell as written on the step, else the default of the job, else that of the workflow. */
  readonly shell: string | undefined;
  /** Whether the step runs in parallel with later steps: it has `background: true` or belongs to a `parallel` group. */
  readonly background: boolean;
  /** The ids of the background steps it waits for (`wait`), or all of them (`wait-all`). */
  readonly waits: readonly string[] | "all" | undefined;
  /** The id of the background step it stops (`cancel`). */
  readonly cancels: string | undefined;
  readonly location: Location & { readonly line: number };
  readonly node: YamlNode;
}

/** Reads a workflow. @throws YamlError when the file is not valid YAML, or has no jobs and so is not a workflow */
export function readWorkflow(text: string, file: string): Workflow {
  const root = parseYaml(text, file);
  const jobs = root.get("jobs");
  if (!jobs.isMap) throw new YamlError(`${file}: \`jobs\` is missing or not a mapping`, { location: jobs.location });
  const read: Job[] = [];
  const workflow = {
    file,
    name: root.get("name").text ?? file,
    triggers: readTriggers(root.get("on")),
    jobs: read,
    root,
  };
  read.push(...jobs.entries().map(([id, node]) => readJob(workflow, id, node)));
  return workflow;
}

/** Whether a file is a list of steps, like cargo-dist's `github-build-setup`, which is in the folder of workflows but is not one. */
export function isStepList(text: string, file: string): boolean {
  const content = text.split("\n").find((line) => !/^\s*(#.*|---\s*|%.*)?\r?$/.test(line)) ?? "";
  // A list begins with one of these characters. Most files begin with a key, so they need not be parsed.
  return /^\s*[-[!&]/.test(content) && parseYaml(text, file).isList;
}

/** The text of a condition, without `${{ }}` around the whole text, which makes no difference. */
export function conditionOf(node: YamlNode): string | undefined {
  const text = node.text?.trim();
  return text === undefined || text === ""
    ? undefined
    : (/^\$\{\{((?:(?!\}\})[\s\S])*)\}\}$/.exec(text)?.[1]?.trim() ?? text);
}

function readTriggers(on: YamlNode): Trigger[] {
  if (on.isMap) return on.entries().map(([event, filters]) => ({ event, filters }));
  const nodes = on.isList ? on.items() : [on];
  return nodes.flatMap((node) => (node.text === undefined ? [] : [{ event: node.text, filters: node.get("none") }]));
}

function readJob(workflow: Workflow, id: string, node: YamlNode): Job {
  const [shell] = [node, workflow.root].flatMap((owner) => owner.get("defaults").get("run").get("shell").text ?? []);
  const steps = node.get("steps").items();
  return {
    workflow,
    id,
    location: node.location,
    needs: node.get("needs").texts(),
    condition: conditionOf(node.get("if")),
    steps: steps.flatMap((step) => readSteps(step, shell, false)),
    uses: node.get("uses").text,
    node,
  };
}

/** One step, or those of a `parallel` group (docs: "Workflow syntax", `jobs.<job_id>.steps[*].parallel`). */
function readSteps(node: YamlNode, defaultShell: string | undefined, inGroup: boolean): Step[] {
  const group = node.get("parallel");
  if (!group.isPresent) return [readStep(node, defaultShell, inGroup)];
  return group.items().flatMap((step) => readSteps(step, defaultShell, true));
}

function readStep(node: YamlNode, defaultShell: string | undefined, inGroup: boolean): Step {
  return {
    id: node.get("id").text,
    condition: conditionOf(node.get("if")),
    uses: node.get("uses").text,
    run: node.get("run").text,
    shell: node.get("shell").text ?? defaultShell,
    background: inGroup || node.get("background").value === true,
    waits: waitsOf(node),
    cancels: node.get("cancel").text,
    location: node.location,
    node,
  };
}

/** Reads `wait`, or `wait-all`, which has no value or a boolean. */
function waitsOf(node: YamlNode): Step["waits"] {
  if (node.entries().some(([key]) => key === "wait-all")) return node.get("wait-all").value === false ? [] : "all";
  return node.get("wait").isPresent ? node.get("wait").texts() : undefined;
}
