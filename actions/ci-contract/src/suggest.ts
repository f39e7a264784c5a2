import { callsOf, expandMatrix, type Job, type Workflow } from "@release-actions/workflow";
import { canBeSkipped, canRun, Project } from "@release-actions/workflow-prover";
import { readWorkflows, type WorkflowFile } from "./check-contract.ts";
import { isGate } from "./gate-job.ts";

const CHANGE_EVENTS = ["pull_request", "push", "merge_group"];

/** Programs whose commands are what a job is there for. */
const CHECKERS = /^(cargo|just|make|npm|pnpm|yarn|go|pytest|tox|mdbook|helm|deno|bun|nox|gradle|mvn|\.\/gradlew)$/;

/**
 * A first contract: the jobs that changes to the repository pass today, with the commands that run for sure, and the
 * conditions under which they are skipped today left to a person.
 */
export async function suggestContract(files: readonly WorkflowFile[]): Promise<string> {
  const { workflows } = await readWorkflows(files);
  const project = new Project(workflows);
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
      .flatMap((job) => jobLines(project, workflow, job, (counts.get(job.id) ?? 0) > 1, gate)),
  );
  return [
    "# What the workflows do today. Take out what is not a promise, and add what is missing.",
    ...(gate === undefined ? [] : [`gate: ${gate.job.id}`]),
    ...(lines.length === 0 ? ["jobs: {} # no job runs on changes"] : ["jobs:", ...lines]),
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
  isAmbiguous: boolean,
  gate: { readonly workflow: Workflow; readonly job: Job } | undefined,
): string[] {
  const events = CHANGE_EVENTS.filter((event) =>
    project.entriesOf(workflow).some((entry) => entry.eventCase.event === event),
  );
  const certain = events.filter(
    (event) => canBeSkipped(project, workflow, job, (entry) => entry.eventCase.event === event).kind === "impossible",
  );
  const isGated = gate?.workflow === workflow && gate.job.needs.includes(job.id);
  const run = commandsOf(job);
  const combinations = expandMatrix(job.node.get("strategy").get("matrix")) ?? [];
  const condition = job.condition?.replaceAll(/\s+/g, " ");
  const fields = [
    ...(isAmbiguous ? [`    workflow: ${workflow.file.split("/").at(-1)}`] : []),
    ...(run.length === 0 ? [] : [`    run: ${run.length === 1 ? JSON.stringify(run[0]) : JSON.stringify(run)}`]),
    ...(job.uses === undefined ? [] : [`    uses: ${JSON.stringify(job.uses.split("@")[0])}`]),
    ...(combinations.length > 1
      ? [`    # its matrix has ${combinations.length} jobs; \`matrix\` promises some of them`]
      : []),
    ...(certain.length === events.length
      ? []
      : [`    on: [${certain.join(", ")}]${condition === undefined ? "" : ` # it may be skipped: ${condition}`}`]),
    ...(gate === undefined || isGated ? [] : ["    gate: false"]),
  ];
  return fields.length === 0 ? [`  ${job.id}:`] : [`  ${job.id}:`, ...fields];
}

/** The commands of checks that run for sure, without what varies. */
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
