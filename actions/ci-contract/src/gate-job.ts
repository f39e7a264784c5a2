import { callsOf, type Job, type Workflow } from "@release-actions/workflow";

const GATE_NAMES =
  /(^|[^a-z])(gate|ok|okay|green|success|successful|done|complete|completed|conclusion|required|finish|finished|pass|passed|passes|all|merge|mergeable|verdict)([^a-z]|$)/i;
const OTHER_NAMES =
  /notif|slack|discord|mail|report|comment|clean|teardown|publish|deploy|release|upload|coverage|alert|issue|label|rerun|retry|dependabot|automerge|auto-merge/i;

/** Whether a job is there to tell how the jobs that it needs ended, by its name and by what it does. */
export function isGate(workflow: Workflow, job: Job): boolean {
  const name = `${job.id} ${job.node.get("name").text ?? ""}`;
  if (job.needs.length === 0 || !GATE_NAMES.test(name) || OTHER_NAMES.test(name)) return false;
  if (workflow.jobs.some(({ needs }) => needs.includes(job.id))) return false;
  // A job that works after others may ask in its own `if` how they ended; a gate asks in what it runs.
  const text = JSON.stringify([job.node.get("steps").value ?? "", job.node.get("env").value ?? ""]);
  if (/needs\.(\*|[\w-]+)\.result|toJSON\(\s*needs/i.test(text)) return true;
  return job.steps.length > 0 && job.steps.every(({ run, shell }) => run !== undefined && isTalk(run, shell));
}

/** A script that only says something. */
function isTalk(script: string, shell: string | undefined): boolean {
  const calls = callsOf(script, shell)?.calls;
  return calls?.every(({ words: [name = ""] }) => ["echo", "exit", "true", ":", "printf"].includes(name)) ?? false;
}
