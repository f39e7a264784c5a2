import { git } from "./git.ts";
import { tokenEnv } from "./push-updates.ts";
import { Refusal } from "./refusal.ts";
import { compareVersions, parseVersion } from "./versions.ts";

/** The URL of a git remote, and the environment variables that authenticate to it. */
export interface Remote {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The commits of a remote's tags and branches, by full name (`refs/tags/v1`). */
export type Refs = ReadonlyMap<string, string>;

export const IMMUTABLE_TAG = /^refs\/tags\/(?:[^/]+\/)?v\d+\.\d+\.\d+$/;

/** A tag, and the commit that it leads to. */
export interface Tag {
  readonly name: string;
  readonly commit: string;
}

/** The trailers of a release commit: its sources, its own tag, and the tag and commit of each action. */
const SOURCE_TRAILER = "Source";
const TAG_TRAILER = "Tag";

export async function findRemote(root: string, nameOrUrl: string, token: string | undefined): Promise<Remote> {
  const configured = (await git(root, ["remote"])).split("\n").includes(nameOrUrl);
  const url = configured ? await git(root, ["remote", "get-url", "--push", nameOrUrl]) : nameOrUrl;
  return { url, env: tokenEnv(token, url) };
}

/** Reads all refs and fetches their commits into the clone. An annotated tag counts as its commit. */
export async function readRemote(clone: string, remote: Remote): Promise<Refs> {
  const listing = await git(clone, ["ls-remote", remote.url], { env: remote.env });
  const refs = new Map<string, string>();
  for (const line of listing.split("\n").filter(Boolean)) {
    const [sha = "", name = ""] = line.split("\t");
    if (name.startsWith("refs/tags/") || name.startsWith("refs/heads/")) refs.set(name.replace(/\^\{\}$/, ""), sha);
  }
  if (refs.size > 0) {
    const wanted = ["+refs/tags/*:refs/remote/tags/*", "+refs/heads/*:refs/remote/heads/*"];
    await git(clone, ["fetch", "--quiet", "--no-tags", remote.url, ...wanted], { env: remote.env });
  }
  return refs;
}

/**
 * Requires that every immutable tag has the commit that the release branch recorded for it.
 *
 * @throws Refusal that names the tags which were moved, removed or created by hand
 */
export async function checkHistory(clone: string, refs: Refs, branch: string): Promise<void> {
  const claimed = await claimedTags(clone, refs.get(`refs/heads/${branch}`));
  const wrong: string[] = [];
  for (const [ref, commit] of claimed) {
    const found = refs.get(ref);
    if (found !== commit) wrong.push(`${short(ref)} is ${found ?? "gone"}, released as ${commit}`);
  }
  for (const ref of refs.keys()) {
    if (IMMUTABLE_TAG.test(ref) && !claimed.has(ref)) wrong.push(`${short(ref)} was not made by a release`);
  }
  if (wrong.length === 0) return;
  throw new Refusal(`tags that never move are not where they were put:\n  ${wrong.join("\n  ")}`, {
    advice: "Find out who moved them and why, and put them back. Nothing was published.",
  });
}

/** The commit of the sources from which a release commit was made. */
export async function sourceOf(clone: string, commit: string): Promise<string> {
  return git(clone, ["show", "-s", `--format=%(trailers:key=${SOURCE_TRAILER},valueonly,separator=%x2C)`, commit]);
}

/** The message of a release commit, which the tag `tag` will point to. */
export function releaseMessage(tag: string, source: string, actions: readonly Tag[]): string {
  const others = actions.map(({ name, commit }) => `${TAG_TRAILER}: ${name} ${commit}`);
  return `release ${tag}\n\n${[`${SOURCE_TRAILER}: ${source}`, `${TAG_TRAILER}: ${tag}`, ...others].join("\n")}\n`;
}

/** The message of a commit that contains a single action. */
export function tagMessage(tag: string, source: string): string {
  return `release ${tag}\n\n${SOURCE_TRAILER}: ${source}\n`;
}

/** The highest released version of a line of tags, such as `v1.*` (prefix "") or `<action>/v1.*`. */
export function highestReleased(refs: Refs, prefix: string, major: number): string | undefined {
  const start = `refs/tags/${prefix}v${major}.`;
  return [...refs.keys()]
    .filter((ref) => ref.startsWith(start) && IMMUTABLE_TAG.test(ref))
    .map((ref) => ref.slice(`refs/tags/${prefix}v`.length))
    .sort((a, b) => compareVersions(parseVersion(a, prefix), parseVersion(b, prefix)))
    .at(-1);
}

async function claimedTags(clone: string, tip: string | undefined): Promise<Map<string, string>> {
  const claimed = new Map<string, string>();
  if (tip === undefined) return claimed;
  const format = `--format=%H %(trailers:key=${TAG_TRAILER},valueonly,separator=%x2C)`;
  for (const line of (await git(clone, ["log", "--first-parent", format, tip])).split("\n")) {
    const [commit = "", tags = ""] = line.split(/ (.*)/s);
    for (const claim of tags.split(",").filter(Boolean)) {
      const [tag = "", own = commit] = claim.split(" ");
      claimed.set(`refs/tags/${tag}`, own);
    }
  }
  return claimed;
}

function short(ref: string): string {
  return ref.replace("refs/tags/", "");
}
