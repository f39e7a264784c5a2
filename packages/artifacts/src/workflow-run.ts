import { integer, object, optional, string } from "@release-actions/json";
import { Fault } from "@release-actions/report";

/** Events that happen only in the repository itself, never in a fork. */
const OWN_EVENTS: ReadonlySet<string | undefined> = new Set([
  "push",
  "create",
  "release",
  "schedule",
  "workflow_dispatch",
]);

const named = optional(object({ full_name: string }));

/** The fields of a workflow run that are used here. */
export const workflowRun = object({
  id: integer,
  html_url: string,
  status: optional(string, "unknown"),
  conclusion: optional(string),
  created_at: optional(string),
  event: optional(string),
  /**
   * The repository that its commit comes from: the fork, for a pull request from one. Null when the fork was deleted;
   * undefined from servers that do not report it, such as Gitea (1.26, `ToActionWorkflowRun`).
   */
  head_repository: (value: unknown, at: string) => (value === null ? null : named(value, at)),
});

export type WorkflowRun = ReturnType<typeof workflowRun>;

/** Whether its commit is from the repository that it runs in, and not from a fork, which may be deleted. */
export function isOwnRun(run: WorkflowRun, repository: string): boolean {
  if (run.head_repository === undefined) return OWN_EVENTS.has(run.event);
  return run.head_repository?.full_name.toLowerCase() === repository.toLowerCase();
}

/** Why runs of forks are not used. `where` says which runs were looked at. */
export function forkRefused(runs: readonly WorkflowRun[], where: string): Fault {
  const forks = new Set(runs.map(headOf));
  const advice =
    "A fork's run can put anything into its artifacts. If that is acceptable here, set `allow-forks: true`.";
  return new Fault(`${where} of ${[...forks].join(", ")}, but runs of forks are refused`, { advice });
}

function headOf({ head_repository: head, event = "an unknown event" }: WorkflowRun): string {
  if (head === undefined) return `an unknown repository (${event})`;
  return head?.full_name ?? "a deleted repository";
}
