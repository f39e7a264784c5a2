import { callsOf, expandMatrix, type Job, type Workflow } from "@release-actions/workflow";
import { canBeSkipped, canRun, Project } from "@release-actions/workflow-prover";
import { checkConditions } from "./check-conditions.ts";
import { checkPromise, parseWorkflows, type WorkflowFile } from "./check-contract.ts";
import { filterBefore } from "./check-pending.ts";
import { checkTolerance } from "./check-tolerance.ts";
import type { Promised } from "./contract.ts";
import { isGate } from "./gate-job.ts";
import { type RepositoryScripts, readScripts, type ScriptTexts } from "./repository-scripts.ts";

const CHANGE_EVENTS = ["pull_request", "push", "merge_group"];

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
  const checked = workflows.filter((workflow) => startsOnChanges(project, workflow));
  const counts = new Map<string, number>();
  for (const { jobs } of workflows) for (const { id } of jobs) counts.set(id, (counts.get(id) ?? 0) + 1);
  const gates = checked.flatMap((workflow) =>
    workflow.jobs.filter((job) => isGate(workflow, job)).map((job) => ({ workflow, job })),
  );
  const [gate] = gates;
  const lines = checked.flatMap((workflow) =>
    workflow.jobs
      .filter(
        (job) => !gates.some((other) => other.job === job) && canRun(project, workflow, job).kind !== "impossible",
      )
      .flatMap((job) => {
        const file = workflow.file.split("/").at(-1);
        const name = (counts.get(job.id) ?? 0) > 1 ? `${file}/${job.id}` : job.id;
        return jobLines(project, workflow, job, name, gate, scripts);
      }),
  );
  const isEmpty = lines.every((line) => line.startsWith("  #"));
  return [
    "# What the workflows do today. Remove what is not a promise, and add what is missing.",
    ...(gate === undefined ? [] : [`gate: ${gate.job.id}`]),
    ...(isEmpty ? ["jobs: {} # no job runs on changes"] : ["jobs:"]),
    ...lines,
    "",
  ].join("\n");
}

function startsOnChanges(project: Project, workflow: Workflow): boolean {
  return project.entriesOf(workflow).some(({ eventCase }) => CHANGE_EVENTS.includes(eventCase.event));
}

function jobLines(
  project: Project,
  workflow: Workflow,
  job: Job,
  name: string,
  gate: { readonly workflow: Workflow; readonly job: Job } | undefined,
  scripts: RepositoryScripts,
): string[] {
  const events = CHANGE_EVENTS.filter((event) =>
    project.entriesOf(workflow).some((entry) => entry.eventCase.event === event),
  );
  const filter = filterBefore(project, workflow);
  const certain = events.filter(
    (event) =>
      (event !== "pull_request" || filter === undefined) &&
      canBeSkipped(project, workflow, job, (entry) => entry.eventCase.event === event).kind === "impossible",
  );
  const isGated = gate?.workflow === workflow && gate.job.needs.includes(job.id);
  const draft: Promised = {
    name,
    job: job.id,
    workflow: workflow.file,
    run: commandsOf(job).map((command) => command.split(" ")),
    matrix: [],
    maySkip: undefined,
    uses: job.uses === undefined ? [] : [job.uses.split("@")[0] ?? ""],
    on: certain.length === events.length ? undefined : certain,
    gate: gate !== undefined && isGated ? gate.job.id : undefined,
    location: job.location,
  };
  if (checkTolerance(draft, { job, workflow, project, scripts }).some(({ level }) => level === "error"))
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
    .flatMap((step) => callsOf(step.run ?? "", step.shell)?.calls ?? [])
    .filter(({ words, discount }) => discount === undefined && CHECKERS.test(words[0] ?? ""))
    .map(({ words }) =>
      words.filter((word, index) => index < 3 && /^[\w./:+-]+$/.test(word) && !/^x{5,}$/.test(word)).join(" "),
    );
  return [...new Set(found)].filter((command) => command.includes(" "));
}
