import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { countOf } from "@release-actions/report";
import { repositoryIn } from "../repository-name.ts";
import { assembleActionTree, assembleTree } from "./assemble.ts";
import { buildTwice, carryBundles, cloneAt } from "./build-twice.ts";
import { CHECKSUMS_FILE } from "./checksums.ts";
import { commitIdentity, git, gitSays } from "./git.ts";
import { releaseNotes } from "./notes.ts";
import { pendingUpdates, pushAll } from "./push.ts";
import type { Update } from "./push-updates.ts";
import type { ReleasedAs } from "./references.ts";
import { Refusal } from "./refusal.ts";
import {
  checkHistory,
  findRemote,
  type Refs,
  type Remote,
  readRemote,
  releaseMessage,
  sourceOf,
  type Tag,
} from "./remote.ts";
import { tagActions, tagWhole } from "./tags.ts";
import { applyVersions, parseVersion, pendingChangesets, type ReleasePlan } from "./versions.ts";

export interface Options {
  readonly root: string;
  /** A name from `git remote`, or a URL. */
  readonly remote: string;
  readonly dryRun: boolean;
  /** The branch with the sources, and (`releaseBranch`) the one with the releases. */
  readonly sourceBranch: string;
  readonly releaseBranch: string;
  /** The token for HTTPS remotes. */
  readonly token?: string | undefined;
  /** The path of the changesets tool. */
  readonly changesets: string;
  /** Whether all tests passed for a tree. */
  readonly isTested: (tree: string) => boolean;
  readonly say: (text: string) => void;
}

export interface Outcome {
  readonly kind: "released" | "planned" | "up-to-date";
  readonly plan: ReleasePlan;
  /** The refs that were pushed or would be pushed. */
  readonly updates: readonly Update[];
}

/**
 * Publishes the committed sources: it applies the changesets, builds the bundles twice, assembles the files of the
 * release, and pushes everything atomically. Running it again after a failure finishes the work; after success it does
 * nothing.
 *
 * @throws Refusal with the reason; nothing was pushed in that case
 */
export async function publish(options: Options): Promise<Outcome> {
  return withPrepared(options, async ({ outcome, clone, remote }) => {
    if (outcome.kind === "up-to-date" || options.dryRun) return outcome;
    await pushAll(clone, remote, outcome.updates);
    return { ...outcome, kind: "released" };
  });
}

/** A release that is ready to be pushed from the clone that holds all its objects. */
export interface Prepared {
  readonly outcome: Outcome;
  readonly clone: string;
  readonly remote: Remote;
}

/** Prepares a release in a temporary folder, calls `use` with it, and removes the folder. */
export async function withPrepared<T>(options: Options, use: (prepared: Prepared) => Promise<T>): Promise<T> {
  await requireTestedTree(options);
  using temp = mkdtempDisposableSync(path.join(tmpdir(), "release-"));
  return await use(await prepare(path.join(temp.path, "sources"), temp.path, options));
}

async function prepare(clone: string, temp: string, options: Options): Promise<Prepared> {
  const { root, say } = options;
  const head = await git(root, ["rev-parse", "HEAD"]);
  await cloneAt(root, clone, head);
  const isPending = pendingChangesets(clone).length > 0;
  const plan = await applyVersions(clone, options.changesets);
  const tag = `v${plan.version}`;
  const remote = await findRemote(root, options.remote, options.token);
  const refs = await readRemote(clone, remote);
  await checkHistory(clone, refs, options.releaseBranch);
  const released = refs.get(`refs/tags/${tag}`);
  if (released !== undefined && (await sourceOf(clone, released)) !== plan.source) {
    if (isPending) throw new Refusal(`${tag} was released from other sources`, { advice: "Pull, and run it again." });
    say(`${tag} is released, and no changeset asks for another release`);
    return { outcome: { kind: "up-to-date", plan, updates: [] }, clone, remote };
  }

  say(`building ${countOf(plan.actions.length, "action")} twice`);
  carryBundles(root, clone);
  await buildTwice(clone, plan.source, temp);
  const tree = path.join(temp, "tree");
  const major = parseVersion(plan.version, "the repository").major;
  const releasedAs = { repository: repositoryIn(clone), tag, majorTag: `v${major}` };
  assembleTree(clone, tree, releasedAs);
  const content = await writeTree(clone, tree);
  const actions = await tagActions(clone, plan, await actionTrees(clone, temp, plan, releasedAs), refs);
  const tagged = actions.immutable;
  const commit = await releaseCommit({ clone, content, plan, tagged, refs, released, branch: options.releaseBranch });
  keepForTheRelease(root, tree, releaseNotes(clone, plan, releasedAs.repository));

  const whole = tagWhole(plan.version, commit, refs);
  const tags = [...whole.immutable, ...actions.immutable, ...whole.moving, ...actions.moving];
  const wanted = tags.map((each): [string, string] => [`refs/tags/${each.name}`, each.commit]);
  if (released === undefined) wanted.push([`refs/heads/${options.releaseBranch}`, commit]);
  wanted.push(...(await sourceUpdate(clone, plan.source, refs, options.sourceBranch)));
  const updates = pendingUpdates(wanted, refs);
  return { outcome: { kind: updates.length === 0 ? "up-to-date" : "planned", plan, updates }, clone, remote };
}

/** Writes a separate tree for each action to the clone's object store, and returns the trees by action. */
async function actionTrees(
  clone: string,
  temp: string,
  plan: ReleasePlan,
  releasedAs: ReleasedAs,
): Promise<Map<string, string>> {
  const trees = new Map<string, string>();
  for (const { name } of plan.actions) {
    const folder = path.join(temp, "alone", name);
    assembleActionTree(clone, folder, name, releasedAs);
    trees.set(name, await writeTree(clone, folder));
  }
  return trees;
}

/**
 * Requires that everything is committed and that all tests passed for exactly this tree. A dry run only reports what is
 * missing and continues.
 *
 * @throws Refusal when something is missing, except in a dry run
 */
async function requireTestedTree({ root, isTested, dryRun, say }: Options): Promise<void> {
  const missing = (what: string, advice: string): void => {
    if (!dryRun) throw new Refusal(what, { advice });
    say(`a release would be refused: ${what}\nNext: ${advice}`);
  };
  const changes = await git(root, ["status", "--porcelain"]);
  if (changes !== "") missing(`these changes are not committed:\n${changes}`, "Commit or stash them first.");
  if (!isTested(await git(root, ["rev-parse", "HEAD^{tree}"]))) {
    missing("the committed sources have not passed all tests", "Run `npm test`, then this again.");
  }
}

/** Writes a whole folder to the clone's object store, including files that git would ignore. */
export async function writeTree(clone: string, folder: string): Promise<string> {
  const env = { GIT_DIR: path.join(clone, ".git"), GIT_INDEX_FILE: `${folder}.index`, GIT_WORK_TREE: folder };
  await git(folder, ["add", "--all", "--force", "."], { env });
  return git(folder, ["write-tree"], { env });
}

interface CommitParts {
  readonly clone: string;
  readonly content: string;
  readonly plan: ReleasePlan;
  /** The tags of the actions that this release makes, which its commit lists. */
  readonly tagged: readonly Tag[];
  readonly refs: Refs;
  readonly released: string | undefined;
  readonly branch: string;
}

/** Creates a commit on the release branch, or returns the one that an earlier run published with the same content. */
async function releaseCommit({ clone, content, plan, tagged, refs, released, branch }: CommitParts): Promise<string> {
  if (released !== undefined) {
    if ((await git(clone, ["rev-parse", `${released}^{tree}`])) === content) return released;
    throw new Refusal(`v${plan.version} is released with other content than these sources build`, {
      advice: "A released version never changes. Find out which tool or dependency differs from that day.",
    });
  }
  const tip = refs.get(`refs/heads/${branch}`);
  const parents = [...(tip === undefined ? [] : [tip]), plan.source].flatMap((parent) => ["-p", parent]);
  const message = releaseMessage(`v${plan.version}`, plan.source, tagged);
  const env = await commitIdentity(clone, plan.source);
  return git(clone, ["commit-tree", content, ...parents], { env, input: message });
}

/** The update that puts the commit with the new versions on the branch of the sources. That branch must not have new commits. */
async function sourceUpdate(clone: string, source: string, refs: Refs, branch: string): Promise<[string, string][]> {
  const ref = `refs/heads/${branch}`;
  const tip = refs.get(ref);
  if (tip === undefined) return [[ref, source]];
  if (await gitSays(clone, ["merge-base", "--is-ancestor", source, tip])) return [];
  if (await gitSays(clone, ["merge-base", "--is-ancestor", tip, source])) return [[ref, source]];
  throw new Refusal(`${branch} on the remote has commits that these sources lack`, {
    advice: "Pull, test, try again.",
  });
}

/** Stores the checksums (the subjects of the attestation) and the release notes where the workflow expects them. */
function keepForTheRelease(root: string, tree: string, notes: string): void {
  const folder = path.join(root, ".work/release");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, CHECKSUMS_FILE), readFileSync(path.join(tree, CHECKSUMS_FILE)));
  writeFileSync(path.join(folder, "notes.md"), notes);
}
