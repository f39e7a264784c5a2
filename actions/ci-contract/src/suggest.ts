import { callsOf, expandMatrix, type Job, type Workflow, type WorkflowFile } from "@release-actions/workflow";
import { canBeSkipped, canRun, Project } from "@release-actions/workflow-prover";
import { checkConditions } from "./check-conditions.ts";
import { checkPromise, parseWorkflows } from "./check-contract.ts";
import { filterBefore } from "./check-pending.ts";
import { CHANGE_EVENTS, startsBy } from "./check-reach.ts";
import { checkTolerance } from "./check-tolerance.ts";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { isGate } from "./gate-job.ts";
import { readScripts, type ScriptTexts } from "./repository-scripts.ts";

/** Programs that run checks, builds or tests: their commands are worth a promise. */
const CHECKERS = /^(cargo|just|make|npm|pnpm|yarn|go|pytest|tox|mdbook|helm|deno|bun|nox|gradle|mvn|\.\/gradlew)$/;

/**
 * Writes a first contract that the workflows already keep: the jobs that run on changes to the repository, with the
 * commands that always run. What a job does only sometimes becomes a comment.
 */
export async function suggestContract(files: readonly WorkflowFile[], texts: ScriptTexts = {}): Promise<string> {
  const { workflows } = await parseWorkflows(files);
  const project = new Project(workflows);
  const scripts = readScripts(texts);
  const checked = workflows.filter((workflow) => eventsOn(project, workflow).length > 0).flatMap(({ jobs }) => jobs);
  const ids = workflows.flatMap(({ jobs }) => jobs.map(({ id }) => id));
  const gates = checked.filter(isGate);
  const [gate] = gates;
  const lines = checked
    .filter((job) => !gates.includes(job) && canRun(project, job).kind !== "impossible")
    .flatMap((job) => {
      const isUnique = ids.indexOf(job.id) === ids.lastIndexOf(job.id);
      const name = isUnique ? job.id : `${job.workflow.file.split("/").at(-1)}/${job.id}`;
      return jobLines({ job, project, scripts }, name, gate);
    });
  const isEmpty = lines.every((line) => line.startsWith("  #"));
  return [
    "# What the workflows do today. Remove what is not a promise, and add what is missing.",
    ...(gate === undefined ? [] : [`gate: ${gate.id}`]),
    ...(isEmpty ? ["jobs: {} # no job runs on changes"] : ["jobs:"]),
    ...lines,
    "",
  ].join("\n");
}

/** The events of a change on which the workflow starts. */
function eventsOn(project: Project, workflow: Workflow): string[] {
  return CHANGE_EVENTS.filter((event) => project.eventsOf(workflow).has(event));
}

function jobLines(found: FoundJob, name: string, gate: Job | undefined): string[] {
  const { job, project, scripts } = found;
  const { workflow } = job;
  const events = eventsOn(project, workflow);
  const filter = filterBefore(project, workflow);
  const certain = events.filter(
    (event) =>
      (event !== "pull_request" || filter === undefined) &&
      canBeSkipped(project, job, startsBy([event])).kind === "impossible",
  );
  const isGated = gate?.workflow === workflow && gate.needs.includes(job.id);
  const draft: Promised = {
    name,
    job: job.id,
    workflow: workflow.file,
    run: commandsOf(job).map((command) => command.split(" ")),
    matrix: [],
    maySkip: undefined,
    uses: job.uses === undefined ? [] : [job.uses.split("@")[0] ?? ""],
    on: certain.length === events.length ? undefined : certain,
    gate: isGated ? gate.id : undefined,
    location: job.location,
  };
  if (checkTolerance(draft, found).some(({ level }) => level === "error"))
    return [`  # ${name} may fail without failing the run (continue-on-error)`];
  if (checkConditions(workflow, [draft]).some((finding) => finding.job === name))
    return [`  # ${name} has a condition that is always true, whatever it says`];
  // Do not suggest a promise that the workflow does not keep today.
  const broken = new Set(
    checkPromise(draft, project, scripts)
      .filter(({ level }) => level === "error")
      .map(({ rule }) => rule),
  );
  const run = draft.run.map((words) => words.join(" "));
  const combinations = expandMatrix(job.node.get("strategy").get("matrix")) ?? [];
  const fields = [
    ...(run.length === 0 || broken.has("missing-command")
      ? []
      : [`    run: ${run.length === 1 ? JSON.stringify(run[0]) : JSON.stringify(run)}`]),
    ...draft.uses.map((uses) => `    uses: ${JSON.stringify(uses)}`),
    ...(combinations.length > 1
      ? [`    # its matrix has ${combinations.length} jobs; \`matrix\` promises some of them`]
      : []),
    ...onLines(job, events, certain, filter),
    ...(broken.has("gate") ? ["    gate: false # today the gate passes without it"] : []),
    ...(gate === undefined || isGated ? [] : ["    gate: false"]),
  ];
  return fields.length === 0 ? [`  ${name}:`] : [`  ${name}:`, ...fields];
}

/** The line with the events on which the job always runs, and why not on the others; empty when it runs on all. */
function onLines(
  job: Job,
  events: readonly string[],
  certain: readonly string[],
  filter: ReturnType<typeof filterBefore>,
): string[] {
  if (certain.length === events.length) return [];
  const condition = job.condition?.replaceAll(/\s+/g, " ");
  const why = [
    ...(filter === undefined ? [] : [`${filter.what.replaceAll("`", "")} excludes some pull requests`]),
    ...(condition === undefined ? [] : [`it may be skipped: ${condition}`]),
  ];
  return [`    on: [${certain.join(", ")}]${why.length === 0 ? "" : ` # ${why.join("; ")}`}`];
}

/** The commands of check programs that always run, without arguments that vary. */
function commandsOf(job: Job): string[] {
  const found = job.steps
    .filter((step) => step.condition === undefined && !step.node.get("continue-on-error").isPresent)
    .flatMap((step) => callsOf(step.run ?? "", step.shell) ?? [])
    .filter(({ words, discount }) => discount === undefined && CHECKERS.test(words[0] ?? ""))
    .map(({ words }) =>
      words.filter((word, index) => index < 3 && /^[\w./:+-]+$/.test(word) && !/^x{5,}$/.test(word)).join(" "),
    );
  return [...new Set(found)].filter((command) => command.includes(" "));
}
