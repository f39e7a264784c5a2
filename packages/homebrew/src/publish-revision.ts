import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommandError, type CommandResult } from "@release-actions/command";
import { AGAIN, jittered, tryTimes } from "@release-actions/concurrency";
import { listRefs, readRemote } from "@release-actions/git";
import { countOf } from "@release-actions/report";
import type { Tap } from "./tap.ts";
import { TapError } from "./tap-layout.ts";

export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** The files to write to the tap, as texts by path. A revision is made again whenever the tap has changed. */
export interface Revision {
  readonly files: ReadonlyMap<string, string>;
  /** Renamed files: the old path by the new path. */
  readonly moved?: ReadonlyMap<string, string>;
  readonly message: string;
}

export interface Published {
  /** The commit with the files: the new one, or the current one of the tap when nothing changed. */
  readonly commit: string;
  readonly changed: boolean;
  readonly pushed: boolean;
}

/** How often a push is tried when others push first. */
const MAX_PUSHES = 6;
const RACE_WAIT_MS = 400;

/**
 * Commits the revision that `revise` makes and pushes it. If somebody else has pushed meanwhile, the revision is made
 * again on top of their commit; there is never a forced push. Afterwards the pushed files are read back.
 *
 * @param push false to commit only
 * @param pushed called after the push, before the files are read back
 * @throws TapError when the tap refuses the push or shows other content afterwards
 */
export async function publishRevision(
  tap: Tap,
  identity: Identity,
  push: boolean,
  revise: () => Promise<Revision>,
  pushed: () => void = () => undefined,
): Promise<Published> {
  const { wait, signal } = tap.access;
  const tries = { times: MAX_PUSHES, pauseMs: jittered((failed) => RACE_WAIT_MS * failed), wait, signal };
  return await tryTimes<Published>(tries, async (isLast, failed) => {
    if (failed > 0) {
      await fetchHead(tap);
      await tap.git(["reset", "--quiet", "--hard", "FETCH_HEAD"], { cwd: tap.folder });
    }
    const base = await headOf(tap);
    const revision = await revise();
    const commit = await commitRevision(tap, identity, revision);
    if (commit === undefined) return { commit: base ?? "", changed: false, pushed: false };
    if (!push) return { commit, changed: true, pushed: false };

    const ref = `refs/heads/${tap.branch}`;
    const result = await tap.git(["push", "--quiet", "origin", `HEAD:${ref}`], { cwd: tap.folder, check: false });
    // The answer to a successful push can get lost, so the state of the tap decides.
    const remote = (await listRefs(tap.git, tap.access, ref)).get(ref);
    if (result.exitCode === 0 || remote === commit) {
      pushed();
      await readBack(tap, revision);
      return { commit, changed: true, pushed: true };
    }
    if (remote === base || isLast) throw refusedPush(tap, result, failed + 1, remote === base);
    return AGAIN;
  });
}

async function commitRevision(tap: Tap, { name, email }: Identity, revision: Revision): Promise<string | undefined> {
  if (revision.files.size === 0) return undefined;
  const { folder: cwd } = tap;
  for (const [to, from] of revision.moved ?? []) await tap.git(["mv", "--force", "--", from, to], { cwd });
  for (const [file, text] of revision.files) {
    const target = path.join(tap.folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  await tap.git(["add", "--", ...revision.files.keys()], { cwd });
  const staged = await tap.git(["status", "--porcelain", "--untracked-files=no"], { cwd });
  if (staged.stdout.trim() === "") return undefined;
  const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  await tap.git(["commit", "--quiet", `--message=${revision.message}`], { cwd, env });
  return headOf(tap);
}

async function headOf(tap: Tap): Promise<string | undefined> {
  const { exitCode, stdout } = await tap.git(["rev-parse", "--verify", "--quiet", "HEAD"], {
    cwd: tap.folder,
    check: false,
  });
  return exitCode === 0 ? stdout.trim() : undefined;
}

async function fetchHead(tap: Tap): Promise<void> {
  const fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "origin", `refs/heads/${tap.branch}`];
  await readRemote(tap.git, fetch, tap.access, { cwd: tap.folder });
}

async function readBack(tap: Tap, revision: Revision): Promise<void> {
  await fetchHead(tap);
  for (const file of revision.files.keys()) {
    const [ours, theirs] = await Promise.all(
      ["HEAD", "FETCH_HEAD"].map((at) =>
        tap.git(["rev-parse", "--quiet", "--verify", `${at}:${file}`], { cwd: tap.folder, check: false }),
      ),
    );
    if (ours?.stdout !== theirs?.stdout) {
      throw new TapError(`${file} was pushed to ${tap.access.url}, but the tap now shows different content`, {
        advice: "Another job publishes to this tap: look at its last commits, then run this job again.",
      });
    }
  }
}

function refusedPush(tap: Tap, result: CommandResult, tries: number, unmoved: boolean): TapError {
  const cause = new CommandError("git", ["push", "origin", tap.branch], result);
  return new TapError(
    unmoved
      ? `${tap.access.url} refuses the push to ${tap.branch}`
      : `others pushed to ${tap.access.url} first, ${countOf(tries, "time")} in a row`,
    {
      cause,
      advice: unmoved
        ? "Use a token that can write the contents of the tap, and allow the token's owner in its branch rules."
        : "Run this job again.",
    },
  );
}
