import { choiceVariable, constant, type Meaning, meaningOfVariable, textVariable, type Variable } from "../variable.ts";

export const REPOSITORY: Variable = { ...textVariable("repository", "repository"), unlike: "fork" };
export const FORK: Variable = { ...textVariable("fork", "repository"), unlike: "repository" };
/** The default branch. It cannot be a branch of a merge queue, since GitHub creates those. */
export const DEFAULT_BRANCH = textVariable("default branch", "ref", {
  patterns: ["gh-readonly-queue/**"],
  ignores: true,
});
export const REPOSITORY_IS_FORK = choiceVariable("github.event.repository.fork", [false, true]);

/** The paths that every event has: the repository, the actor and the run (docs: "Contexts reference", `github`). */
export function commonMeaning(path: string, event: string): Meaning | undefined {
  switch (path) {
    case "github.event_name":
      return constant(event);
    case "github.repository":
    case "github.event.repository.full_name":
      return meaningOfVariable(REPOSITORY);
    case "github.repository_owner":
    case "github.event.repository.owner.login":
    case "github.event.repository.owner.name":
      return meaningOfVariable(REPOSITORY, { half: "owner" });
    case "github.event.repository.name":
      return meaningOfVariable(REPOSITORY, { half: "name" });
    case "github.event.repository.default_branch":
      return meaningOfVariable(DEFAULT_BRANCH);
    case "github.event.repository.fork":
      return meaningOfVariable(REPOSITORY_IS_FORK);
    case "github.actor":
    case "github.triggering_actor":
    case "github.event.sender.login":
      return meaningOfVariable(textVariable(path, "login"));
    case "github.run_id":
    case "github.run_number":
    case "github.run_attempt":
    case "github.repository_id":
    case "github.actor_id":
    case "github.repository_owner_id":
      return meaningOfVariable(textVariable(path, "digits"));
    case "github.ref_protected":
      return meaningOfVariable(choiceVariable(path, [true, false]));
    case "github.event.repository.visibility":
      return meaningOfVariable(choiceVariable(path, ["public", "private", "internal"]));
    default:
      return undefined;
  }
}

/** The meanings of `github.ref`, `github.ref_name` and `github.ref_type` on a branch or tag. */
export function refMeanings(kind: "branch" | "tag", name: Variable): Readonly<Record<string, Meaning>> {
  const prefix = kind === "branch" ? "refs/heads/" : "refs/tags/";
  return {
    "github.ref": meaningOfVariable(name, { prefix }),
    "github.ref_name": meaningOfVariable(name),
    "github.ref_type": constant(kind),
  };
}
