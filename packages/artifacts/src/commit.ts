import type { Rest } from "@release-actions/github-rest";
import { listOf, object, string } from "@release-actions/json";
import { noSuch } from "./no-such.ts";

const commit = object({ sha: string, parents: listOf(object({ sha: string })) });

export type Commit = ReturnType<typeof commit>;

/** A commit by its id, branch or tag. */
export async function readCommit(rest: Rest, repository: string, name: string, signal?: AbortSignal): Promise<Commit> {
  const advice = "Check the `commit` and `repository` inputs, and what the token may read.";
  return await rest
    .get(`/repos/${repository}/commits/${encodeURIComponent(name)}`, commit, signal)
    .catch(noSuch(`commit "${name}"`, repository, advice, [404, 422]));
}
