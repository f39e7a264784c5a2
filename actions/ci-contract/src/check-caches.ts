import type { Step, Workflow } from "@release-actions/workflow";
import { type Finding, finding } from "./finding.ts";

/**
 * Events that run on the default branch and that people without write access can trigger: their cache token can only
 * read (GitHub changelog, 2026-06-26). `workflow_run` counts only when it follows a pull request from a fork.
 */
const READ_ONLY = [
  "discussion",
  "discussion_comment",
  "fork",
  "issue_comment",
  "issues",
  "pull_request_target",
  "watch",
];

/** Steps that save a cache where GitHub always refuses it: the step stays green, and nothing is ever saved. */
export function checkCaches({ triggers, jobs }: Workflow): Finding[] {
  const events = triggers.map(({ event }) => event);
  if (events.length === 0 || !events.every((event) => READ_ONLY.includes(event))) return [];
  return jobs.flatMap((job) => {
    const step = job.steps.find(savesCache);
    if (step === undefined) return [];
    const message = `GitHub refuses caches that \`${step.uses?.split("@")[0]}\` saves under ${events.join(", ")}, but the step still passes: only restore the cache here, and save it in a workflow that starts on push`;
    return [finding("notice", "refused", job.id, message, step.location)];
  });
}

function savesCache({ uses = "", node }: Step): boolean {
  if (/^actions\/cache(\/save)?@/.test(uses)) return true;
  return /^Swatinem\/rust-cache@/i.test(uses) && node.get("with").get("save-if").text !== "false";
}
