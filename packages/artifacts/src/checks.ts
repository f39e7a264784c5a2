import type { Rest } from "@release-actions/github-rest";
import { type Decoder, integer, object, optional, string } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import { readCommit } from "./commit.ts";
import { newestFirst } from "./newest-first.ts";

/** A check run, or a job of a run, which has the same fields. */
export interface Check {
  readonly id: number;
  /** `job`, or `caller / callee` for a job of a called workflow. */
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly html_url: string | undefined;
  /** Undefined while it waits for a runner. */
  readonly started_at?: string | undefined;
}

const check: Decoder<Check> = object<Check>({
  id: integer,
  name: string,
  status: optional(string, "unknown"),
  conclusion: optional(string),
  html_url: optional(string),
  started_at: optional(string),
});

/** Requests the current state of all candidates. */
export type CheckSource = (signal?: AbortSignal) => Promise<readonly Check[]>;

/** The check runs of a commit. If a merge commit has none, those of its second parent. */
export function checksOfCommit(rest: Rest, repository: string, commit: string): CheckSource {
  return async (signal) => {
    const path = `/repos/${repository}/commits/${encodeURIComponent(commit)}/check-runs`;
    const found = await rest.getCounted(path, "check_runs", check, signal);
    if (found.length > 0) return found;
    const head = (await readCommit(rest, repository, commit, signal)).parents[1];
    if (head === undefined) return [];
    return await rest.getCounted(`/repos/${repository}/commits/${head.sha}/check-runs`, "check_runs", check, signal);
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
  return candidates.toSorted((one, other) => newestFirst(dated(one), dated(other)))[0];
}

/** When the check started; undefined while it waits, for which Gitea has a date in 1970. */
function startOf({ started_at: text = "" }: Check): Date | undefined {
  const started = new Date(text);
  return started.getTime() > 0 ? started : undefined;
}

function dated(check: Check): Parameters<typeof newestFirst>[0] {
  return { id: check.id, createdAt: startOf(check) };
}
