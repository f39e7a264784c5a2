import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { commitIdentity, git } from "./git.ts";
import { Refusal } from "./refusal.ts";

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

export interface VersionedAction {
  readonly name: string;
  readonly version: string;
}

/** The versions in a release, and the commit that sets them. */
export interface ReleasePlan {
  /** The commit of the sources: the tested commit, or the commit after it that raises the versions. */
  readonly source: string;
  readonly version: string;
  readonly actions: readonly VersionedAction[];
  /** The actions whose version this release raises. */
  readonly raised: readonly string[];
}

const BUMPS = ["major", "minor", "patch"] as const;
type Bump = (typeof BUMPS)[number];

/**
 * Applies the pending changesets in a clone and commits the result. The changesets tool updates the versions and changelogs
 * of actions and packages; the root's version is raised by the largest bump of any action.
 *
 * @throws Refusal when an action has no version yet
 */
export async function applyVersions(clone: string, changesets: string): Promise<ReleasePlan> {
  const before = readActionVersions(clone);
  const oldRoot = readVersion(path.join(clone, "package.json"));
  if (pendingChangesets(clone).length === 0) {
    refuseUnversioned(before);
    return { source: await git(clone, ["rev-parse", "HEAD"]), version: oldRoot, actions: before, raised: [] };
  }
  await runCommand(process.execPath, [changesets, "version"], { cwd: clone });
  const actions = readActionVersions(clone);
  refuseUnversioned(actions);
  const raised = actions.filter(({ name, version }) => versionOf(before, name) !== version);
  const version = raise(oldRoot, largestBump(before, raised));
  writeVersion(path.join(clone, "package.json"), version);
  writeRootChangelog(clone, version, raised);
  const source = await commitVersions(clone, version);
  return { source, version, actions, raised: raised.map(({ name }) => name) };
}

export function pendingChangesets(root: string): string[] {
  return globSync(".changeset/*.md", { cwd: root }).filter((file) => path.basename(file) !== "README.md");
}

/** Parses a version. @throws Refusal unless the text is `<major>.<minor>.<patch>`, since pre-releases of actions are not published */
export function parseVersion(text: string, of: string): Version {
  const [, major, minor, patch] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text) ?? [];
  if (major === undefined) throw new Refusal(`the version of ${of} is "${text}", expected <major>.<minor>.<patch>`);
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** The largest bump of any action. A first version counts as a bump from 0.0.0. */
function largestBump(before: readonly VersionedAction[], raised: readonly VersionedAction[]): Bump {
  const bumps = raised.map(({ name, version }): Bump => {
    const [old, now] = [parseVersion(versionOf(before, name) ?? "0.0.0", name), parseVersion(version, name)];
    return BUMPS.find((part) => old[part] !== now[part]) ?? "patch";
  });
  return BUMPS.find((bump) => bumps.includes(bump)) ?? "patch";
}

function raise(text: string, bump: Bump): string {
  const { major, minor, patch } = parseVersion(text, "the repository");
  if (bump === "major") return `${major + 1}.0.0`;
  return bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function versionOf(actions: readonly VersionedAction[], wanted: string): string | undefined {
  return actions.find(({ name }) => name === wanted)?.version;
}

function refuseUnversioned(actions: readonly VersionedAction[]): void {
  const never = actions.filter(({ version }) => version === "0.0.0").map(({ name }) => name);
  if (never.length === 0) return;
  throw new Refusal(`no changeset names ${never.join(", ")}, and they have no version yet`, {
    advice: "Add one with `npx changeset`: its text becomes the first entry of their changelog.",
  });
}

function readActionVersions(root: string): VersionedAction[] {
  return globSync("actions/*/package.json", { cwd: root })
    .sort()
    .map((file) => ({ name: path.basename(path.dirname(file)), version: readVersion(path.join(root, file)) }));
}

export function readVersion(file: string): string {
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
  throw new Refusal(`${file} has no version`);
}

function writeVersion(file: string, version: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/("version":\s*)"[^"]*"/, `$1${JSON.stringify(version)}`));
}

/** Writes the root's changelog, which only links to the changelogs of the actions. */
function writeRootChangelog(root: string, version: string, raised: readonly VersionedAction[]): void {
  const file = path.join(root, "CHANGELOG.md");
  const title = "# Changelog\n";
  const earlier = existsSync(file) ? readFileSync(file, "utf8").slice(title.length) : "";
  const lines = raised.map((action) => `- [${action.name} ${action.version}](actions/${action.name}/CHANGELOG.md)`);
  const body = lines.length > 0 ? lines.join("\n") : "- No action changed.";
  writeFileSync(file, `${title}\n## ${version}\n\n${body}\n${earlier}`);
}

async function commitVersions(clone: string, version: string): Promise<string> {
  const identity = await commitIdentity(clone, "HEAD");
  await git(clone, ["add", "--all"]);
  const changed = (await git(clone, ["diff", "--cached", "--name-only"])).split("\n");
  const unexpected = changed.filter((file) => !/(^|\/)(package\.json|CHANGELOG\.md)$|^\.changeset\//.test(file));
  if (unexpected.length > 0)
    throw new Refusal(`raising the versions changed ${unexpected.join(", ")}, which was not tested`);
  await git(clone, ["commit", "--quiet", "--message", `release: ${version}`], { env: identity });
  return git(clone, ["rev-parse", "HEAD"]);
}
