import { packageField, type Workspace } from "@release-actions/cargo";
import { atPath, parseToml, type TomlNode } from "@release-actions/toml";
import { quote, quoteWithPlace, type Site } from "../fact.ts";
import type { History } from "../locate/history.ts";
import { tomlSite } from "../locate/locator.ts";
import { compareVersions, inStyleOf } from "../version.ts";
import { differs, type Minimum, type Verdict } from "./judge.ts";
import { parseRelease, sameRelease } from "./release.ts";

const INHERITED = ["workspace", "package", "rust-version"];
const OWN = ["package", "rust-version"];

/** The places of `rust-version` in a workspace: the inherited value once, and the values of crates that set their own. */
export function minimumsOf({ manifest, crates }: Workspace): Minimum[] {
  const places = [
    { document: manifest, node: atPath(manifest.root, INHERITED) },
    ...crates.map(({ manifest: document }) => ({ document, node: atPath(document.root, OWN) })),
  ];
  return places.flatMap(({ document, node }) => {
    if (node?.kind !== "string") return [];
    const release = parseRelease(node.value);
    return release?.kind === "fixed" ? [{ site: tomlSite(document, node), release }] : [];
  });
}

export function highestOf(standards: readonly Minimum[]): Minimum | undefined {
  const [first, ...others] = standards;
  return others.reduce(
    (highest, each) => (highest && compareVersions(each.release.version, highest.release.version) > 0 ? each : highest),
    first,
  );
}

/** The reason why `rust-version` must equal the toolchain, in two wordings. */
export interface Tie {
  readonly because: string;
  readonly inFull: string;
}

export const UNPUBLISHED: Tie = {
  because: "every crate is `publish = false`",
  inFull: "no crate is published, so no user needs the older Rust",
};
export const MOVED_TOGETHER: Tie = {
  because: "they always changed together",
  inFull: "every earlier commit that changed one changed the other to the same value",
};

/**
 * Compares `rust-version` with another release in the toolchain file: it must not be newer, and with a `tie` it must be
 * equal. Undefined if it is a minimum, which may be lower.
 */
export function judgeMinimum(minimum: Minimum, file: Minimum, tie: Tie | undefined): Verdict | undefined {
  const { site, release } = minimum;
  const isNewer = compareVersions(release.version, file.release.version) > 0;
  if (!isNewer && tie === undefined) return undefined;
  const message = isNewer
    ? `${quote(site)} here is newer than the toolchain, ${quoteWithPlace(file.site)}: cargo refuses to build`
    : `${differs(minimum, file)}: ${tie?.inFull}`;
  const repair = { kind: "rewrite", value: inStyleOf(site.value, file.release.text) } as const;
  return { severity: "error", message, leader: file.site, repair };
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
export async function changedTogether(minimum: Site, toolchain: Site, history: History): Promise<boolean> {
  const [manifest, file] = [minimum.location?.file, toolchain.location?.file];
  if (manifest === undefined || file === undefined) return false;
  const commits = await history.changesOf([file, manifest], "channel|rust-version|^[0-9a-z.-]+$");
  const revisions = commits.length === 0 ? [] : ["HEAD", ...commits.map((commit) => `${commit}^`)];
  const wanted = revisions.flatMap((revision) => [file, manifest].map((each) => ({ revision, file: each })));
  const texts = await history.filesAt(wanted);
  const before = revisions.map((_, at) => ({
    toolchain: channelIn(texts[2 * at]),
    minimum: minimumIn(texts[2 * at + 1]),
  }));
  return moveTogether([{ toolchain: toolchain.value, minimum: minimum.value }, ...before]);
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

function channelIn(text = ""): string | undefined {
  return /channel\s*=\s*["']([^"']+)/.exec(text)?.[1] ?? /^\s*([\w.-]+)\s*$/.exec(text)?.[1];
}

function minimumIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { root } = parseToml(text, "Cargo.toml");
    const node = [INHERITED, OWN].map((path) => atPath(root, path)).find((each) => each?.kind === "string");
    return node?.kind === "string" ? node.value : undefined;
  } catch {
    return undefined; // An old commit may contain an invalid Cargo.toml.
  }
}
