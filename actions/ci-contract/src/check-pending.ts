import type { Location } from "@release-actions/report";
import type { Job, Workflow } from "@release-actions/workflow";
import { type Project, rootOf } from "@release-actions/workflow-prover";
import { promisedEvents } from "./check-reach.ts";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { type Finding, finding } from "./finding.ts";

/** Activity types that a workflow needs so that it checks every new commit of a pull request. */
const NEEDED_TYPES = ["opened", "synchronize"];

/**
 * If a filter keeps a workflow from starting, its required check is never reported: the check stays pending, and nothing
 * can be merged (docs: "Troubleshooting required status checks", skipped but required checks).
 */
export function checkPending(promised: Promised, found: FoundJob): Finding[] {
  if (!promisedEvents(promised, found).includes("pull_request")) return [];
  const filter = filterBefore(found.project, found.job.workflow);
  if (filter === undefined) return [];
  const message = `its check stays pending for ever on a pull request that ${filter.what} excludes: start the workflow always, and skip what is not needed inside it`;
  return [finding("error", "pending", promised.job, message, filter.location)];
}

export const PENDING_IN_QUEUE =
  "its check stays pending for ever in the merge queue, for which other workflows of this repository start but this one does not: add `merge_group` to `on`";

/**
 * Whether the repository has a merge queue in which nothing reports the check of a job: its workflow starts for pull
 * requests but not in the queue, and no workflow that starts in the queue has a job of the same name.
 */
export function lacksMergeQueue(project: Project, job: Job): boolean {
  if (!project.eventsOf(job.workflow).has("pull_request")) return false;
  const queued = project.workflows.filter((each) => project.eventsOf(each).has("merge_group"));
  const check = checkName(job);
  return queued.length > 0 && !queued.some(({ jobs }) => jobs.some((each) => checkName(each) === check));
}

/** What branch protection calls the check of a job (docs: "Workflow syntax", `jobs.<job_id>.name`). */
function checkName({ id, node }: Job): string {
  return node.get("name").text ?? id;
}

/** Gates whose check the merge queue waits for and never gets: one finding for each gate, not for each of its jobs. */
export function checkQueues(promises: readonly Promised[], project: Project): Finding[] {
  const gates = new Set(promises.flatMap(({ gate }) => gate ?? []));
  return project.workflows.flatMap((workflow) => {
    const gate = workflow.jobs.find(({ id }) => gates.has(id));
    if (gate === undefined || !lacksMergeQueue(project, gate)) return [];
    return [finding("error", "pending", gate.id, PENDING_IN_QUEUE, workflow.root.get("on").location)];
  });
}

/** What keeps a workflow, and all those that call it, from starting for some pull requests. */
export function filterBefore(project: Project, workflow: Workflow): PullRequestFilter | undefined {
  const roots = new Set(project.entriesOf(workflow).map((entry) => rootOf(entry).workflow));
  const filters = [...roots].map(pullRequestFilter);
  // One workflow that starts for every pull request is enough.
  return filters.some((filter) => filter === undefined) ? undefined : filters[0];
}

export interface PullRequestFilter {
  readonly what: string;
  readonly location: Location;
}

/** What keeps a workflow from starting for some pull requests. */
export function pullRequestFilter({ triggers }: Workflow): PullRequestFilter | undefined {
  const filters = triggers.find(({ event }) => event === "pull_request")?.filters;
  if (filters === undefined) return undefined;
  const [paths, ignored, types] = [filters.get("paths"), filters.get("paths-ignore"), filters.get("types")];
  if (paths.isPresent && paths.texts().at(-1) !== "**") return { what: "`paths`", location: paths.location };
  if (ignored.texts().length > 0) return { what: "`paths-ignore`", location: ignored.location };
  if (types.isPresent && !NEEDED_TYPES.every((type) => types.texts().includes(type)))
    return { what: `\`types\` (${types.texts().join(", ")})`, location: types.location };
  return undefined;
}
