import { packageField, type Workspace } from "@release-actions/cargo";
import { entryOf, parseToml, type TomlNode, tableOf } from "@release-actions/toml";
import { placeOf, type Site } from "../fact.ts";
import type { History } from "../locate/history.ts";
import { tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { compareVersions, inStyleOf } from "../version.ts";
import { quote, type Standard, sameRelease, type Verdict } from "./judge.ts";
import { parseRelease } from "./release.ts";
import type { PinnedToolchain } from "./toolchain-files.ts";

/** The places of `rust-version` in a workspace: the inherited value once, and the values of crates that set their own. */
export function minimumsOf(workspaces: readonly Workspace[]): Standard[] {
  const sites = workspaces.flatMap(({ manifest, crates }) => {
    const inherited = entryOf(tableOf(tableOf(manifest.root, "workspace"), "package"), "rust-version");
    const own = crates.flatMap((crate): Site[] => {
      const node = entryOf(tableOf(crate.manifest.root, "package"), "rust-version");
      return node?.kind === "string" ? [tomlSite(crate.manifest, node)] : [];
    });
    return [...(inherited?.kind === "string" ? [tomlSite(manifest, inherited)] : []), ...own];
  });
  return sites.flatMap((site) => {
    const release = parseRelease(site.value);
    return release?.kind === "fixed" ? [{ site, release }] : [];
  });
}

export function highestOf(standards: readonly Standard[]): Standard | undefined {
  return standards.reduce<Standard | undefined>((highest, each) => {
    if (highest?.release.kind !== "fixed" || each.release.kind !== "fixed") return highest ?? each;
    return compareVersions(each.release.version, highest.release.version) > 0 ? each : highest;
  }, undefined);
}

/** The reason why `rust-version` must equal the toolchain. It is undefined where `rust-version` is only a minimum. */
export type Tie = "the crates are compiled only here" | "their history";

/** Compares `rust-version` with the toolchain: it must not be newer, and with a `tie` it must be equal. */
export function judgeMinimum(
  { site, release }: Standard,
  file: Standard,
  tie: Tie | undefined,
): Verdict | "lower" | undefined {
  if (release.kind !== "fixed" || file.release.kind !== "fixed" || sameRelease(release, file.release)) return undefined;
  const there = `${quote(file.site)} at ${placeOf(file.site)}`;
  const repair = { kind: "rewrite", value: inStyleOf(site.value, file.release.text) } as const;
  if (compareVersions(release.version, file.release.version) > 0) {
    const message = `${quote(site)} here is newer than the toolchain, ${there}: cargo refuses to build`;
    return { severity: "error", message, leader: file.site, repair };
  }
  if (tie === undefined) return "lower";
  const why =
    tie === "their history"
      ? "every earlier commit that changed one changed the other to the same value"
      : "no crate is published, so no user needs the older Rust";
  return { severity: "error", message: `${quote(site)} here, ${there}: ${why}`, leader: file.site, repair };
}

/** Whether every crate of the workspace says `publish = false` (Cargo book, "The publish field"). */
export function isUnpublished(workspace: Workspace): boolean {
  return (
    workspace.crates.length > 0 && workspace.crates.every((crate) => isFalse(packageField(workspace, crate, "publish")))
  );
}

function isFalse(node: TomlNode | undefined): boolean {
  return (node?.kind === "boolean" && node.value === "false") || (node?.kind === "array" && node.items.length === 0);
}

/**
 * Whether the toolchain and `rust-version` always changed together to the same value. The last change is ignored, since it
 * may be the mistake. A difference that is older than one commit counts as intended.
 */
export async function changedTogether(
  { site }: Standard,
  toolchain: PinnedToolchain,
  repository: Repository,
  history: History,
): Promise<boolean> {
  const [manifest, file] = [site.location?.file, toolchain.site.location?.file];
  if (manifest === undefined || file === undefined) return false;
  const commits = await history.changesOf([file, manifest], "channel|rust-version|^[0-9a-z.-]+$");
  const revisions = commits.length === 0 ? [] : ["HEAD", ...commits.map((commit) => `${commit}^`)];
  const wanted = revisions.flatMap((revision) => [file, manifest].map((each) => ({ revision, file: each })));
  const texts = await history.filesAt(wanted);
  const before = revisions.map((_, at) => ({
    toolchain: channelIn(texts[2 * at]),
    minimum: minimumIn(texts[2 * at + 1]),
  }));
  const states: Pair[] = [{ toolchain: toolchain.site.value, minimum: site.value }, ...before];
  return repository.has(file) && moveTogether(states);
}

interface Pair {
  readonly toolchain: string | undefined;
  readonly minimum: string | undefined;
}

/** @param states the newest first */
function moveTogether(states: readonly Pair[]): boolean {
  const distinct = states.filter((state, at) => at === 0 || !isSamePair(state, states[at - 1]));
  let joint = 0;
  for (const [at, after] of distinct.entries()) {
    const before = distinct[at + 1];
    if (before === undefined) break;
    // When one of the two first appears, that is not a change which followed the other.
    if ([before, after].some(({ toolchain, minimum }) => toolchain === undefined || minimum === undefined)) continue;
    const isJoint = after.toolchain !== before.toolchain && after.minimum !== before.minimum && agrees(after);
    if (isJoint) joint += 1;
    else if (at > 0) return false;
  }
  return joint > 0;
}

function isSamePair(a: Pair, b: Pair | undefined): boolean {
  return a.toolchain === b?.toolchain && a.minimum === b?.minimum;
}

function agrees({ toolchain, minimum }: Pair): boolean {
  const [a, b] = [parseRelease(toolchain ?? ""), parseRelease(minimum ?? "")];
  return a !== undefined && b !== undefined && sameRelease(a, b);
}

function channelIn(text: string | undefined): string | undefined {
  return text === undefined
    ? undefined
    : (/channel\s*=\s*["']([^"']+)/.exec(text)?.[1] ?? /^\s*([\w.-]+)\s*$/.exec(text)?.[1]);
}

function minimumIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { root } = parseToml(text, "Cargo.toml");
    const tables = [tableOf(tableOf(root, "workspace"), "package"), tableOf(root, "package")];
    const node = tables.map((table) => entryOf(table, "rust-version")).find((each) => each?.kind === "string");
    return node?.kind === "string" ? node.value : undefined;
  } catch {
    return undefined; // An old commit may contain an invalid Cargo.toml.
  }
}
