import type { Trigger } from "@release-actions/workflow";
import type { EventCase } from "../variable.ts";
import { choiceVariable, constant, type Filter, type Meaning, meaningOfVariable, textVariable } from "../variable.ts";
import { activityTypesOf } from "./activity-types.ts";
import { eventCase } from "./make-case.ts";
import { FORK, REPOSITORY, REPOSITORY_IS_FORK, refMeanings } from "./repository.ts";

/**
 * The kinds of pull requests that start a workflow: from the repository itself or from a fork; open, closed without a
 * merge, or merged. `github.ref` is the merge ref until the pull request is merged, and then the base branch. Under
 * `pull_request_target` it is always the base branch (docs: "Events that trigger workflows").
 */
export function pullRequestCases(trigger: Trigger, filter: Filter | undefined): EventCase[] {
  const types = activityTypesOf(trigger) ?? [];
  const closed = types.includes("closed") ? ["closed"] : [];
  const kinds = [
    { types: types.filter((type) => type !== "closed"), merged: false },
    { types: closed, merged: false },
    { types: closed, merged: true },
  ].filter((kind) => kind.types.length > 0);
  return kinds.flatMap((kind) => [false, true].map((isFork) => pullRequestCase(trigger, filter, kind, isFork)));
}

function pullRequestCase(
  trigger: Trigger,
  filter: Filter | undefined,
  kind: { readonly types: readonly string[]; readonly merged: boolean },
  isFork: boolean,
): EventCase {
  const base = textVariable("base branch", "ref", filter);
  const head = textVariable("head branch", "ref");
  const number = textVariable("pull request number", "digits");
  const isOnBase = trigger.event === "pull_request_target" || (trigger.event === "pull_request" && kind.merged);
  const merge: Readonly<Record<string, Meaning>> = {
    "github.ref": meaningOfVariable(number, { prefix: "refs/pull/", suffix: "/merge" }),
    "github.ref_name": meaningOfVariable(number, { suffix: "/merge" }),
    "github.ref_type": constant("branch"),
  };
  // `head_ref` and `base_ref` are set only for these two events (docs: "Contexts reference").
  const named = trigger.event === "pull_request" || trigger.event === "pull_request_target";
  return eventCase(
    trigger,
    {
      ...(isOnBase ? refMeanings("branch", base) : merge),
      "github.base_ref": named ? meaningOfVariable(base) : constant(""),
      "github.head_ref": named ? meaningOfVariable(head) : constant(""),
      "github.event.pull_request.base.ref": meaningOfVariable(base),
      "github.event.pull_request.head.ref": meaningOfVariable(head),
      "github.event.pull_request.merged": constant(kind.merged),
      "github.event.pull_request.state": constant(kind.types.includes("closed") ? "closed" : "open"),
      "github.event.pull_request.base.repo.full_name": meaningOfVariable(REPOSITORY),
      "github.event.pull_request.base.repo.owner.login": meaningOfVariable(REPOSITORY, { half: "owner" }),
      "github.event.pull_request.base.repo.fork": meaningOfVariable(REPOSITORY_IS_FORK),
      ...headRepository(isFork),
    },
    // A closed pull request can be reviewed too; `github.event.pull_request.state` is then "closed".
    { types: kind.types, isFork },
  );
}

function headRepository(isFork: boolean): Readonly<Record<string, Meaning>> {
  const repository = isFork ? FORK : REPOSITORY;
  return {
    "github.event.pull_request.head.repo.full_name": meaningOfVariable(repository),
    "github.event.pull_request.head.repo.owner.login": meaningOfVariable(repository, { half: "owner" }),
    "github.event.pull_request.head.user.login": meaningOfVariable(repository, { half: "owner" }),
    "github.event.pull_request.head.repo.name": meaningOfVariable(repository, { half: "name" }),
    "github.event.pull_request.head.repo.fork": // A pull request into a fork can come from the repository that it was forked from, which is not a fork.
      meaningOfVariable(isFork ? choiceVariable("head is a fork", [true, false]) : REPOSITORY_IS_FORK),
  };
}
