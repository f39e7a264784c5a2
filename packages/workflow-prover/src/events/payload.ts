import { ABSENT, choiceVariable, type Meaning, meaningOfVariable, OBJECT } from "../variable.ts";

/** The events whose payload has each member of `github.event` (docs: "Webhook events and payloads"). The payloads of all other events lack it. */
const MEMBERS: Readonly<Record<string, RegExp>> = {
  pull_request: /^pull_request/,
  issue: /^issue(s|_comment)$/,
  comment: /^(issue_comment|pull_request_review_comment|commit_comment|discussion_comment)$/,
  discussion: /^discussion/,
  release: /^release$/,
  head_commit: /^push$/,
  commits: /^push$/,
  pusher: /^push$/,
  created: /^push$/,
  deleted: /^push$/,
  forced: /^push$/,
  compare: /^push$/,
  base_ref: /^push$/,
  before: /^(push|pull_request(_target)?)$/,
  after: /^(push|pull_request(_target)?)$/,
  workflow_run: /^workflow_run$/,
  merge_group: /^merge_group$/,
  schedule: /^schedule$/,
  client_payload: /^repository_dispatch$/,
  branch: /^repository_dispatch$|^status$/,
  deployment: /^deployment/,
  deployment_status: /^deployment_status$/,
  check_run: /^check_run$/,
  check_suite: /^check_(run|suite)$/,
  label: /^(issues|pull_request(_target)?|label|discussion)$/,
  review: /^pull_request_review$/,
  number: /^pull_request/,
  ref: /^(push|create|delete|workflow_dispatch)$/,
  ref_type: /^(create|delete)$/,
  inputs: /^workflow_dispatch$/,
  milestone: /^(milestone|issues|pull_request(_target)?)$/,
  registry_package: /^registry_package$/,
  requested_reviewer: /^pull_request(_target)?$/,
  assignee: /^(issues|pull_request(_target)?)$/,
};

/** Names of members that are booleans anywhere in a payload. */
const BOOLEANS =
  /\.(draft|merged|prerelease|immutable|fork|private|created|deleted|forced|archived|locked|maintainer_can_modify|is_template|disabled)$/;

const NUMBERS =
  /\.(number|id|run_id|run_number|run_attempt|comments|review_comments|additions|deletions|changed_files|size|watchers|stargazers_count)$/;

/** Members for which GitHub's documentation lists all values. */
const CHOICES: readonly (readonly [path: RegExp, values: readonly (string | null)[]])[] = [
  [
    /^github\.event\.(workflow_run|check_run|check_suite)\.conclusion$/,
    [
      "success",
      "failure",
      "cancelled",
      "skipped",
      "timed_out",
      "neutral",
      "action_required",
      "stale",
      "startup_failure",
      null,
    ],
  ],
  [
    /\.author_association$/,
    ["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "FIRST_TIMER", "MANNEQUIN", "NONE"],
  ],
  [/\.(user|sender|author)\.type$/, ["User", "Bot", "Organization"]],
  [
    /^github\.event\.deployment_status\.state$/,
    ["success", "failure", "error", "inactive", "in_progress", "queued", "pending", "waiting"],
  ],
  [/^github\.event\.review\.state$/, ["approved", "changes_requested", "commented", "dismissed"]],
  [/^github\.event\.check_(run|suite)\.status$/, ["completed", "queued", "in_progress", "requested"]],
  [/^github\.event\.(ref_type)$/, ["branch", "tag"]],
];

/** The meaning of a path below `github.event`, derived from its name and the event; undefined when it may be anything. */
export function payloadMeaning(path: string, event: string): Meaning | undefined {
  const [, , member = ""] = path.split(".");
  const events = Object.hasOwn(MEMBERS, member) ? MEMBERS[member] : undefined;
  if (events !== undefined && !events.test(event)) return ABSENT;
  if (path.endsWith(".*") || path.includes(".*.")) return meaningOfVariable({ key: path, type: { kind: "list" } });
  if (BOOLEANS.test(path)) return meaningOfVariable(choiceVariable(path, [true, false]));
  if (NUMBERS.test(path)) return meaningOfVariable({ key: path, type: { kind: "number", least: 1 } });
  const choice = CHOICES.find(([pattern]) => pattern.test(path));
  if (choice !== undefined) return meaningOfVariable(choiceVariable(path, choice[1]));
  // The main object of the event always exists.
  if (events !== undefined && path.split(".").length === 3 && OBJECT_MEMBERS.has(member)) return OBJECT;
  return undefined;
}

const OBJECT_MEMBERS = new Set([
  "pull_request",
  "issue",
  "comment",
  "discussion",
  "release",
  "workflow_run",
  "merge_group",
  "deployment",
  "deployment_status",
  "check_run",
  "review",
]);
