import type { Rest } from "@release-actions/github-rest";
import { integer, object, optional, string } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import { readCommit } from "./commit.ts";
import { newestFirst } from "./newest-first.ts";

const check = object({
  id: integer,
  /** `job`, or `caller / callee` for a job of a called workflow. */
  name: string,
  status: optional(string, "unknown"),
  conclusion: optional(string),
  html_url: optional(string),
  /** Undefined while it waits for a runner. */
  started_at: optional(string),
});

/** A check run, or a job of a run, which has the same fields. */
export type Check = ReturnType<typeof check>;

/** Requests the current state of all candidates. */
export type CheckSource = (signal?: AbortSignal) => Promise<readonly Check[]>;

/** The check runs of a commit. If a merge commit has none, those of its second parent. */
export function checksOfCommit(rest: Rest, repository: string, commit: string): CheckSource {
  return async (signal) => {
    const list = (name: string) => {
      const path = `/repos/${repository}/commits/${encodeURIComponent(name)}/check-runs`;
      return rest.getCounted(path, "check_runs", check, signal);
    };
    const found = await list(commit);
    if (found.length > 0) return found;
    const head = (await readCommit(rest, repository, commit, signal)).parents[1];
    return head === undefined ? [] : await list(head.sha);
  };
}

/** The jobs of a run, which stand for its checks and need only the permission `actions: read`. */
export function checksOfRun(rest: Rest, repository: string, runId: number): CheckSource {
  return (signal) => rest.getCounted(`/repos/${repository}/actions/runs/${runId}/jobs`, "jobs", check, signal);
}

/**
 * The newest check with a name: the exact name, or else a trailing part of `caller / callee`.
 *
 * @throws Fault when such a part matches several names
 */
export function selectCheck(checks: readonly Check[], wanted: string): Check | undefined {
  const exact = checks.filter(({ name }) => name === wanted);
  const fitting = exact.length > 0 ? exact : checks.filter(({ name }) => name.endsWith(` / ${wanted}`));
  const names = [...new Set(fitting.map(({ name }) => name))].sort();
  if (names.length > 1) {
    throw new Fault(`"${wanted}" can mean any of the checks ${names.map((name) => `"${name}"`).join(", ")}`, {
      advice: "Give a longer part of the name in `wait-for-check`.",
    });
  }
  // A check that has not started is the newest one, whatever its ID is.
  const waiting = fitting.filter((it) => startOf(it) === undefined);
  const candidates = waiting.length > 0 ? waiting : fitting;
  return newestFirst(candidates, startOf)[0];
}

/** When the check started; undefined while it waits, for which Gitea has a date in 1970. */
function startOf({ started_at: text = "" }: Check): Date | undefined {
  const started = new Date(text);
  return started.getTime() > 0 ? started : undefined;
}
