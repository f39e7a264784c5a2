import type { Channel, Version } from "@release-actions/channel";
import { compareBrewVersions } from "./brew-version.ts";
import { readTapFormula, type TapFormula } from "./tap-formula.ts";

/** What publishing a formula does to the tap. */
export type TapChange =
  | { readonly kind: "add" }
  /** `lost` has the handwritten lines of the tap's formula that the new one lacks. */
  | { readonly kind: "update"; readonly from: string; readonly lost: readonly string[] }
  /** The tap has this version; only lines other than downloads differ, or platforms are added. */
  | { readonly kind: "touch-up" }
  /** The tap has this version with the same downloads and with handwritten lines, so it is left unchanged. */
  | { readonly kind: "kept"; readonly reason: string }
  /** The tap has this version with other downloads, and replacing it was requested. */
  | { readonly kind: "republish" }
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly reason: string; readonly advice: string };

export interface Candidate {
  /** `widget.rb`. */
  readonly file: string;
  readonly text: string;
  readonly version: Version;
  readonly channel: Channel;
}

/**
 * Compares a formula with the tap's formula of the same name, by Homebrew's order of versions.
 *
 * @param current the text of the formula in the tap, `undefined` when there is none.
 * @param republish lets a version be published again with other downloads.
 */
export function compareWithTap(candidate: Candidate, current: string | undefined, republish: boolean): TapChange {
  const { file, text, version } = candidate;
  if (current === undefined) return { kind: "add" };
  if (current === text) return { kind: "same" };
  const there = readTapFormula(current);
  const fresh = readTapFormula(text);
  if (there.version === undefined) {
    return {
      kind: "refused",
      reason: `${file} is in the tap, but its version there is unknown`,
      advice: "Edit the formula in the tap, or remove it there.",
    };
  }
  const order = compareBrewVersions(there.version, version.text);
  if (order > 0) return lower(candidate, there.version);
  if (order < 0) {
    if (isDeadEnd(version.text) && !isDeadEnd(there.version)) return deadEnd(file, version);
    return { kind: "update", from: there.version, lost: handWritten(there, fresh, KEPT_BY_HAND) };
  }
  const changed = changedPlatforms(there, fresh);
  if (changed.length > 0) {
    if (republish) return { kind: "republish" };
    return {
      kind: "refused",
      reason: `${file} is in the tap at ${there.version} with other checksums for ${changed.join(", ")}: users who installed it have other bytes`,
      advice: "Release a new version. If the old downloads are gone for good, set `republish: true`.",
    };
  }
  const [line] = handWritten(there, fresh, WRITTEN_ANEW);
  if (line === undefined) return { kind: "touch-up" };
  return republish
    ? { kind: "republish" }
    : { kind: "kept", reason: `the tap has it with the same downloads and additional lines, such as \`${line}\`` };
}

/** Lines that people add and cargo-dist never writes, so that a new version would lose them. */
const KEPT_BY_HAND =
  /^(depends_on|uses_from_macos|conflicts_with|def caveats|test|service|livecheck|deprecate!|disable!|link_overwrite|head|resource|patch|bottle|option|skip_clean)(?: |$)/;

/** Lines that people must have written. Added platforms and gateways change only the lines excluded here. */
const WRITTEN_ANEW = /^(?!(url|mirror|sha256|if|elsif|else|end|on_\w+|BINARY_ALIASES)\b)/;

/** Whether Homebrew orders a pre-release above its final release, so that `brew upgrade` would never install the final one. */
export function isDeadEnd(version: string): boolean {
  const [, release] = /^(\d+\.\d+\.\d+)-/.exec(version) ?? [];
  return release !== undefined && compareBrewVersions(version, release) > 0;
}

function deadEnd(file: string, version: Version): TapChange {
  const release = `${version.major}.${version.minor}.${version.patch}`;
  return {
    kind: "refused",
    reason: `Homebrew orders ${version.text} above ${release}: users who got it from ${file} would never get ${release}`,
    advice: `Name it with alpha, beta, pre or rc (${release}-beta.1), publish it under a formula of its own, or set \`prerelease: skip\`.`,
  };
}

function lower({ file, version, channel }: Candidate, there: string): TapChange {
  const { major, minor, patch } = version;
  const reason = `${file} is in the tap at ${there}, and ${version.text} is lower in Homebrew's order`;
  const advice = there.startsWith(`${major}.${minor}.${patch}-`)
    ? `Release ${major}.${minor}.${patch + 1}, which Homebrew orders above ${there}.`
    : `To publish it beside the newest version, set the rule \`${channel}.formula: versioned\`; to leave it out, \`${channel}.formula: skip\`.`;
  return { kind: "refused", reason, advice };
}

/** The platforms that would install something different than before, or nothing. Added platforms do not count. */
function changedPlatforms(there: TapFormula, fresh: TapFormula): readonly string[] {
  return [...there.bytes]
    .filter(([platform, bytes]) => fresh.bytes.get(platform) !== bytes)
    .map(([platform]) => platform);
}

function handWritten(there: TapFormula, fresh: TapFormula, which: RegExp): readonly string[] {
  const known = new Set(fresh.lines);
  return there.lines.filter((line) => which.test(line) && !known.has(line));
}
