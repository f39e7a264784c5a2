import type { Channel, Version } from "@release-actions/channel";
import { compareBrewVersions } from "./brew-version.ts";
import { readTapFormula, type TapFormula } from "./tap-formula.ts";

/** What publishing a formula does to the tap. */
export type TapChange =
  | { readonly kind: "add" }
  /** `lost`: what people wrote into the formula of the tap, and the new one lacks. */
  | { readonly kind: "update"; readonly from: string; readonly lost: readonly string[] }
  /** The version is there; what differs are not its downloads, or platforms are added. */
  | { readonly kind: "touch-up" }
  /** The version is there with the same downloads, and with words of people, which stay. */
  | { readonly kind: "kept"; readonly reason: string }
  /** The version is there with other downloads, and that was asked for. */
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
 * Compares a formula with the one the tap has under the same name, in Homebrew's order of versions.
 *
 * @param current its text in the tap, `undefined` when there is none.
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
    if (isDeadEnd(version) && !isDeadEnd(there.version)) return deadEnd(file, version);
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

/** What people add to a formula that cargo-dist never writes, so that a new version loses it. */
const KEPT_BY_HAND =
  /^(depends_on|uses_from_macos|conflicts_with|def caveats|test|service|livecheck|deprecate!|disable!|link_overwrite|head|resource|patch|bottle|option|skip_clean)(?: |$)/;

/** What a platform that is added changes, or a gateway; everything else that differs was written by people. */
const WRITTEN_ANEW = /^(?!(url|mirror|sha256|if|elsif|else|end|on_\w+|BINARY_ALIASES)\b)/;

/** Does Homebrew order it above the release that it leads to, so that `brew upgrade` never leaves it? */
export function isDeadEnd(version: Version | string): boolean {
  const text = typeof version === "string" ? version : version.text;
  const [, release] = /^(\d+\.\d+\.\d+)-/.exec(text) ?? [];
  return release !== undefined && compareBrewVersions(text, release) > 0;
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
  const reason = `${file} is in the tap at ${there}, and ${version.text} is lower in Homebrew's order`;
  if (there.startsWith(`${version.major}.${version.minor}.${version.patch}-`)) {
    return {
      kind: "refused",
      reason,
      advice: `Release ${version.major}.${version.minor}.${version.patch + 1}, which Homebrew orders above ${there}.`,
    };
  }
  return {
    kind: "refused",
    reason,
    advice: `To publish it beside the newest version, set the rule \`${channel}.formula: versioned\`; to leave it out, \`${channel}.formula: skip\`.`,
  };
}

/** The platforms that would install something else than before, or nothing. One that is added changes nobody's bytes. */
function changedPlatforms(there: TapFormula, fresh: TapFormula): readonly string[] {
  return [...there.bytes]
    .filter(([platform, bytes]) => fresh.bytes.get(platform) !== bytes)
    .map(([platform]) => platform);
}

function handWritten(there: TapFormula, fresh: TapFormula, which: RegExp): readonly string[] {
  const known = new Set(fresh.lines);
  return there.lines.filter((line) => which.test(line) && !known.has(line));
}
