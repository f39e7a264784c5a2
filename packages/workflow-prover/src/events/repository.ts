import type { Domain } from "../language/domains.ts";
import {
  choiceVariable,
  constant,
  type Meaning,
  meaningOfVariable,
  textVariable,
  type Value,
  type Variable,
} from "../variable.ts";

export const REPOSITORY: Variable = { ...textVariable("repository", "repository"), unlike: "fork" };
export const FORK: Variable = { ...textVariable("fork", "repository"), unlike: "repository" };
/** The default branch. It cannot be a branch of a merge queue, since GitHub creates those. */
export const DEFAULT_BRANCH = textVariable("default branch", "ref", {
  patterns: ["gh-readonly-queue/**"],
  ignores: true,
});
export const REPOSITORY_IS_FORK = choiceVariable("github.event.repository.fork", [false, true]);

/** A path whose value is a variable of its own. */
const choice = (path: string, values: readonly Value[]): Record<string, Meaning> => ({
  [path]: meaningOfVariable(choiceVariable(path, values)),
});
const text = (path: string, domain: Domain): Record<string, Meaning> => ({
  [path]: meaningOfVariable(textVariable(path, domain)),
});

/** The meanings of paths that every event has: the repository, the actor and the run (docs: "Contexts reference", `github`). */
export const COMMON: Readonly<Record<string, Meaning>> = {
  "github.base_ref": constant(""),
  "github.head_ref": constant(""),
  "github.repository": meaningOfVariable(REPOSITORY),
  "github.event.repository.full_name": meaningOfVariable(REPOSITORY),
  "github.repository_owner": meaningOfVariable(REPOSITORY, { half: "owner" }),
  "github.event.repository.owner.login": meaningOfVariable(REPOSITORY, { half: "owner" }),
  "github.event.repository.owner.name": meaningOfVariable(REPOSITORY, { half: "owner" }),
  "github.event.repository.name": meaningOfVariable(REPOSITORY, { half: "name" }),
  "github.event.repository.default_branch": meaningOfVariable(DEFAULT_BRANCH),
  "github.event.repository.fork": meaningOfVariable(REPOSITORY_IS_FORK),
  ...text("github.actor", "login"),
  ...text("github.triggering_actor", "login"),
  ...text("github.event.sender.login", "login"),
  ...text("github.run_id", "digits"),
  ...text("github.run_number", "digits"),
  ...text("github.run_attempt", "digits"),
  ...text("github.repository_id", "digits"),
  ...text("github.actor_id", "digits"),
  ...text("github.repository_owner_id", "digits"),
  ...choice("github.ref_protected", [true, false]),
  ...choice("github.event.repository.visibility", ["public", "private", "internal"]),
};

/** A ref with its prefix, such as `refs/heads/main`. */
export function fullRef(kind: "branch" | "tag", name: Variable): Meaning {
  return meaningOfVariable(name, { prefix: kind === "branch" ? "refs/heads/" : "refs/tags/" });
}

/** The meanings of `github.ref`, `github.ref_name` and `github.ref_type` on a branch or tag. */
export function refMeanings(kind: "branch" | "tag", name: Variable) {
  return {
    "github.ref": fullRef(kind, name),
    "github.ref_name": meaningOfVariable(name),
    "github.ref_type": constant(kind),
  };
}
