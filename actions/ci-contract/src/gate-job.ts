import { callsOf, type Job } from "@release-actions/workflow";

const GATE_NAMES =
  /(^|[^a-z])(gate|ok|okay|green|success|successful|done|complete|completed|conclusion|required|finish|finished|pass|passed|passes|all|merge|mergeable|verdict)([^a-z]|$)/i;
const OTHER_NAMES =
  /notif|slack|discord|mail|report|comment|clean|teardown|publish|deploy|release|upload|coverage|alert|issue|label|rerun|retry|dependabot|automerge|auto-merge/i;

/** Whether a job, by its name and its steps, only reports the results of the jobs that it needs. */
export function isGate(job: Job): boolean {
  const name = `${job.id} ${job.node.get("name").text ?? ""}`;
  if (job.needs.length === 0 || !GATE_NAMES.test(name) || OTHER_NAMES.test(name)) return false;
  if (job.workflow.jobs.some(({ needs }) => needs.includes(job.id))) return false;
  // Any later job may read the results of other jobs in its `if`; a gate reads them in its steps.
  const text = JSON.stringify([job.node.get("steps").value ?? "", job.node.get("env").value ?? ""]);
  if (/needs\.(\*|[\w-]+)\.result|toJSON\(\s*needs/i.test(text)) return true;
  return job.steps.length > 0 && job.steps.every(({ run, shell }) => run !== undefined && isTalk(run, shell));
}

/** Whether a script only prints text or exits. */
function isTalk(script: string, shell: string | undefined): boolean {
  const calls = callsOf(script, shell);
  return calls?.every(({ words: [name = ""] }) => ["echo", "exit", "true", ":", "printf"].includes(name)) ?? false;
}
