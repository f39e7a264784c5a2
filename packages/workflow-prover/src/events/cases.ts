import type { Trigger, Workflow } from "@release-actions/workflow";
import type { EventCase } from "../variable.ts";
import { choiceVariable, constant, type Filter, meaningOfVariable, textVariable } from "../variable.ts";
import { activityTypesOf } from "./activity-types.ts";
import { filterOf, startsFor } from "./filter.ts";
import { eventCase } from "./make-case.ts";
import { pullRequestCases } from "./pull-request.ts";
import { DEFAULT_BRANCH, FORK, fullRef, REPOSITORY, refMeanings } from "./repository.ts";

/** The kinds of events that start a workflow directly, not through a caller. */
export function eventCasesOf(workflow: Workflow): EventCase[] {
  return workflow.triggers.flatMap((trigger) => (trigger.event === "workflow_call" ? [] : casesOf(trigger)));
}

function casesOf(trigger: Trigger): EventCase[] {
  const { event, filters } = trigger;
  switch (event) {
    case "push":
      return [
        ...(startsFor(filters, "branches") ? [pushCase(trigger, "branch", filterOf(filters, "branches"))] : []),
        ...(startsFor(filters, "tags") ? [pushCase(trigger, "tag", filterOf(filters, "tags"))] : []),
      ];
    case "pull_request":
    case "pull_request_target":
    case "pull_request_review":
    case "pull_request_review_comment":
      return pullRequestCases(trigger, filterOf(filters, "branches"));
    case "workflow_dispatch":
    case "create":
      return [refCase(trigger, "branch"), refCase(trigger, "tag")];
    case "release":
      return releaseCases(trigger);
    case "merge_group":
      return [mergeGroupCase(trigger, filterOf(filters, "branches"))];
    case "workflow_run":
      return [false, true].map((isFork) => workflowRunCase(trigger, filterOf(filters, "branches"), isFork));
    case "schedule":
      return [scheduleCase(trigger)];
    case "deployment":
    case "deployment_status":
    case "check_run":
    case "check_suite":
    case "registry_package":
    case "status":
      // These events run on the commit that they concern, which may be any commit.
      return [eventCase(trigger, {})];
    default:
      return [eventCase(trigger, refMeanings("branch", DEFAULT_BRANCH))];
  }
}

function pushCase(trigger: Trigger, kind: "branch" | "tag", filter: Filter | undefined): EventCase {
  const name = textVariable(kind, "ref", filter);
  return eventCase(trigger, {
    ...refMeanings(kind, name),
    "github.event.ref": fullRef(kind, name),
    // Deleting a ref does not start a workflow.
    "github.event.deleted": constant(false),
  });
}

function refCase(trigger: Trigger, kind: "branch" | "tag"): EventCase {
  const name = textVariable(kind, "ref");
  // In the payload of `create` the ref is the short name, in that of `workflow_dispatch` the full one.
  const event =
    trigger.event === "create"
      ? { "github.event.ref": meaningOfVariable(name), "github.event.ref_type": constant(kind) }
      : { "github.event.ref": fullRef(kind, name) };
  return eventCase(trigger, { ...refMeanings(kind, name), ...event });
}

/** Splits releases from pre-releases: the type `released` occurs only for the former, `prereleased` only for the latter. */
function releaseCases(trigger: Trigger): EventCase[] {
  const tag = textVariable("tag", "ref");
  const own = { ...refMeanings("tag", tag), "github.event.release.tag_name": meaningOfVariable(tag) };
  const types = activityTypesOf(trigger) ?? [];
  const kinds = [
    { prerelease: false, types: types.filter((type) => type !== "prereleased") },
    { prerelease: true, types: types.filter((type) => type !== "released") },
  ];
  return kinds
    .filter(({ types }) => types.length > 0)
    .map(({ prerelease, types }) =>
      eventCase(trigger, { ...own, "github.event.release.prerelease": constant(prerelease) }, { types }),
    );
}

function mergeGroupCase(trigger: Trigger, filter: Filter | undefined): EventCase {
  const base = textVariable("base branch", "ref", filter);
  const queue = textVariable("merge queue branch", "ref", { patterns: ["gh-readonly-queue/**"], ignores: false });
  return eventCase(trigger, {
    ...refMeanings("branch", queue),
    "github.event.merge_group.base_ref": fullRef("branch", base),
    "github.event.merge_group.head_ref": fullRef("branch", queue),
  });
}

/** A run that follows another run, which was started in the repository itself or by a pull request from a fork. */
function workflowRunCase(trigger: Trigger, filter: Filter | undefined, isFork: boolean): EventCase {
  const head = isFork ? FORK : REPOSITORY;
  const run = "github.event.workflow_run";
  return eventCase(
    trigger,
    {
      ...refMeanings("branch", DEFAULT_BRANCH),
      [`${run}.head_branch`]: meaningOfVariable(textVariable("head branch", "ref", filter)),
      [`${run}.head_repository.full_name`]: meaningOfVariable(head),
      [`${run}.head_repository.owner.login`]: meaningOfVariable(head, { half: "owner" }),
      [`${run}.repository.full_name`]: meaningOfVariable(REPOSITORY),
      ...(isFork ? { [`${run}.event`]: meaningOfVariable(choiceVariable(`${run}.event`, FORK_EVENTS)) } : {}),
    },
    { isFork },
  );
}

/** The events that a pull request from a fork can trigger in the base repository. */
const FORK_EVENTS = ["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"];

function scheduleCase(trigger: Trigger): EventCase {
  const crons = trigger.filters.items().flatMap((item) => item.get("cron").text ?? []);
  return eventCase(trigger, {
    ...refMeanings("branch", DEFAULT_BRANCH),
    "github.event.schedule": meaningOfVariable(choiceVariable("github.event.schedule", crons)),
  });
}
