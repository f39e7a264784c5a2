import type { Trigger } from "@release-actions/workflow";

/** The default activity types of events for which the default is not all types (docs: "Events that trigger workflows"). */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
};

/** All activity types of an event. */
const ALL: Readonly<Record<string, readonly string[]>> = {
  branch_protection_rule: ["created", "edited", "deleted"],
  check_run: ["created", "rerequested", "completed", "requested_action"],
  check_suite: ["completed"],
  discussion: [
    "created",
    "edited",
    "deleted",
    "transferred",
    "pinned",
    "unpinned",
    "labeled",
    "unlabeled",
    "locked",
    "unlocked",
    "category_changed",
    "answered",
    "unanswered",
  ],
  discussion_comment: ["created", "edited", "deleted"],
  issue_comment: ["created", "edited", "deleted"],
  issues: [
    "opened",
    "edited",
    "deleted",
    "transferred",
    "pinned",
    "unpinned",
    "closed",
    "reopened",
    "assigned",
    "unassigned",
    "labeled",
    "unlabeled",
    "locked",
    "unlocked",
    "milestoned",
    "demilestoned",
    "typed",
    "untyped",
  ],
  label: ["created", "edited", "deleted"],
  merge_group: ["checks_requested", "destroyed"],
  milestone: ["created", "closed", "opened", "edited", "deleted"],
  pull_request_review: ["submitted", "edited", "dismissed"],
  pull_request_review_comment: ["created", "edited", "deleted"],
  registry_package: ["published", "updated"],
  release: ["published", "unpublished", "created", "edited", "deleted", "prereleased", "released"],
  watch: ["started"],
  workflow_run: ["completed", "requested", "in_progress"],
};

/** The possible values of `github.event.action`; undefined when it can be anything, empty when the event has none. */
export function activityTypesOf({ event, filters }: Trigger): readonly string[] | undefined {
  const types = filters.get("types");
  if (types.isPresent && types.texts().length > 0) return types.texts();
  if (event === "repository_dispatch") return undefined;
  return DEFAULTS[event] ?? ALL[event] ?? [];
}
