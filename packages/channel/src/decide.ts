import { type Channel, DEFAULT_RULES, type FormulaRule, type Rules } from "./rules.ts";
import { compareVersions, lineOf, type Version } from "./version.ts";

/** Where one release goes. All publishing actions use this decision, so they agree. */
export interface Decision {
  readonly channel: Channel;
  readonly version: Version;
  readonly line: string;
  /** Whether somebody who names no version gets this release. */
  readonly isLatest: boolean;
  readonly imageTags: readonly string[];
  /** Moving image tags that belong to another release; this one must not take them, whatever other rules say. */
  readonly heldBack: readonly string[];
  /** `undefined`: not published to npm. */
  readonly npmDistTag: string | undefined;
  readonly formula: FormulaRule;
  /** The chart's tag; `undefined`: not published. */
  readonly chart: string | undefined;
  /** Moving names that this release takes over. */
  readonly moves: {
    readonly image: readonly string[];
    readonly npm: readonly string[];
    readonly formula: boolean;
  };
}

/** Why a publisher leaves a release out. @param what what it publishes, such as `the chart` */
export function leftOutByRules(channel: Channel, what: string): string {
  return `the rules for the ${channel} channel do not publish ${what}`;
}

/** The image tags that move from release to release: `1.7`, `1`, `latest`. */
const MOVING_NAMES = ["{line}", "{major}", "latest"] as const;

/**
 * Decides what a release is and what it may move.
 *
 * @param existing every version released so far; `version` itself may be among them, as on a second run.
 */
export function decideChannel(version: Version, existing: readonly Version[], rules: Rules = DEFAULT_RULES): Decision {
  const channel = channelOf(version, existing);
  const rule = rules[channel];
  const mayGive = (name: string): boolean => isForward(name, version, existing);
  const imageNames = rule.image.filter(mayGive);
  const npmName = rule.npm.find(mayGive);
  const fill = (name: string): string => fillIn(name, version);
  return {
    channel,
    version,
    line: lineOf(version),
    isLatest: channel === "stable",
    imageTags: imageNames.map(fill).map(ociTag),
    heldBack: MOVING_NAMES.filter((name) => channel === "build" || channel === "prerelease" || !mayGive(name)).map(
      fill,
    ),
    npmDistTag: npmName === undefined ? undefined : fill(npmName),
    formula: rule.formula,
    chart: rule.chart.filter(mayGive).map(fill).map(ociTag)[0],
    moves: {
      image: imageNames.filter(isMoving).map(fill),
      npm: [npmName ?? []].flat().filter(isMoving).map(fill),
      formula: rule.formula === "push",
    },
  };
}

/** A tag of an OCI registry cannot contain `+`; by Helm's convention it becomes `_` (helm.sh, "Use OCI-based registries"). */
export function ociTag(version: string): string {
  return version.replaceAll("+", "_");
}

function channelOf(version: Version, existing: readonly Version[]): Channel {
  if (version.build !== "") return "build";
  if (version.prerelease !== "") return "prerelease";
  return peers(version, existing).every((other) => compareVersions(other, version) <= 0) ? "stable" : "backport";
}

/**
 * The versions that compete with this one for moving names. Versions with build metadata never move a name, so they do
 * not count; pre-releases and full releases each have their own names.
 */
function peers(version: Version, existing: readonly Version[]): readonly Version[] {
  return existing.filter((other) => other.build === "" && (other.prerelease === "") === (version.prerelease === ""));
}

function isMoving(name: string): boolean {
  return !name.includes("{version}");
}

function isForward(name: string, version: Version, existing: readonly Version[]): boolean {
  if (!isMoving(name)) return true;
  const rivals = peers(version, existing).filter((other) => {
    if (name.includes("{line}")) return lineOf(other) === lineOf(version);
    return !name.includes("{major}") || other.major === version.major;
  });
  return rivals.every((other) => compareVersions(other, version) <= 0);
}

function fillIn(name: string, version: Version): string {
  const values: Readonly<Record<string, string>> = {
    version: version.text,
    line: lineOf(version),
    major: String(version.major),
  };
  return name.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}
