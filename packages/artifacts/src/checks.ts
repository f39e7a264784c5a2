import type { Rest } from "@release-actions/github-rest";
import { type Decoder, integer, object, optional, string } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import { readCommit } from "./commit.ts";
import { newestFirst } from "./newest-first.ts";

/** A check run, which is what a job of a workflow looks like from outside. */
export interface Check {
  readonly id: number;
  /** `job`, or `caller / callee` for a job of a called workflow. */
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly html_url: string | undefined;
  /** Of jobs too; undefined while it waits for a runner. */
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

/** Asks for the state of all candidates, as they are now. */
export type CheckSource = (signal?: AbortSignal) => Promise<readonly Check[]>;

/** The check runs of a commit; of a merge commit without any, those of its second parent. */
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

/** The jobs of a run: what its checks are, with no right needed beyond `actions: read`. */
export function checksOfRun(rest: Rest, repository: string, runId: number): CheckSource {
  return (signal) => rest.getCounted(`/repos/${repository}/actions/runs/${runId}/jobs`, "jobs", check, signal);
}

/**
 * The newest check that a name means: the name as it is, or else a trailing part of `caller / callee`.
 *
 * @throws Fault when such a part fits several names
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
  // One that has not started is the newest there is, whatever its id.
  const waiting = fitting.filter((it) => startOf(it) === undefined);
  const candidates = waiting.length > 0 ? waiting : fitting;
  return candidates.toSorted((one, other) => newestFirst(dated(one), dated(other)))[0];
}

/** Undefined while it waits; Gitea writes the year 1970 then. */
function startOf({ started_at: text = "" }: Check): Date | undefined {
  const started = new Date(text);
  return started.getTime() > 0 ? started : undefined;
}

function dated(check: Check): Parameters<typeof newestFirst>[0] {
  return { id: check.id, createdAt: startOf(check) };
}
