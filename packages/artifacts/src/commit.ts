import type { Rest } from "@release-actions/github-rest";
import { RefusedError } from "@release-actions/http";
import { type Decoder, listOf, object, string } from "@release-actions/json";

export interface Commit {
  readonly sha: string;
  readonly parents: readonly { readonly sha: string }[];
}

const commit: Decoder<Commit> = object<Commit>({ sha: string, parents: listOf(object({ sha: string })) });

/** A commit by its id, branch or tag. */
export async function readCommit(rest: Rest, repository: string, name: string, signal?: AbortSignal): Promise<Commit> {
  try {
    return await rest.get(`/repos/${repository}/commits/${encodeURIComponent(name)}`, commit, signal);
  } catch (cause) {
    if (!(cause instanceof RefusedError) || (cause.status !== 404 && cause.status !== 422)) throw cause;
    throw new RefusedError(`${repository} has no commit "${name}", or the token cannot see that repository`, {
      cause,
      status: cause.status,
      advice: "Check the `commit` and `repository` inputs, and what the token may read.",
    });
  }
}
