import { type Decision, decideChannel, parseTag, type Rules, type Version } from "@release-actions/channel";
import {
  compareBrewVersions,
  compareWithTap,
  FormulaError,
  formulaPlace,
  isDeadEnd,
  readTapFile,
  readTapFormula,
  type Tap,
  type TapChange,
  versionedFormula,
  withVersionScheme,
} from "@release-actions/homebrew";
import type { Source } from "./collect.ts";

/** The change that is planned for one formula in the tap. */
export interface Entry {
  readonly source: Source;
  readonly decision: Decision;
  /** `widget.rb`, or `widget@1.2.rb` for an older line. */
  readonly file: string;
  /** The path of the file in the tap. */
  readonly path: string;
  /** The current path in the tap, if it is a different one. */
  readonly movedFrom: string | undefined;
  readonly text: string;
  readonly change: TapChange;
}

export interface TapRules {
  readonly rules: Rules;
  /** The versions of the repository's tags; none when they were not read. */
  readonly existing: readonly Version[];
  readonly republish: boolean;
}

/**
 * Decides for every formula what happens to it, from the versions of the repository and the version in the tap. A
 * release below either of them is a backport, because `brew upgrade` would replace a newer version with it.
 */
export async function planTap(tap: Tap, sources: readonly Source[], rules: TapRules): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const source of sources) entries.push(await planOne(tap, source, rules));
  return entries;
}

async function planOne(tap: Tap, source: Source, { rules, existing, republish }: TapRules): Promise<Entry> {
  const { version } = source.release;
  let made = { file: source.file.toLowerCase(), text: source.text };
  let place = await lookUp(tap, made.file);
  const decision = decide(version, place.there, existing, rules);
  if (decision.formula === "versioned") {
    made = versionedFormula(made.text, made.file, decision.line);
    place = await lookUp(tap, made.file);
  }
  const { there, path, movedFrom } = place;
  const formula = { file: made.file, text: withSchemeOf(there, made.text) };
  const change = compareWithTap({ ...formula, version, channel: decision.channel }, there, republish);
  return { source, decision, ...formula, path, movedFrom, change };
}

/** The place of a formula in the tap, and its text there. */
async function lookUp(tap: Tap, file: string) {
  const { path, current } = await formulaPlace(tap, file);
  const there = current === undefined ? undefined : await readTapFile(tap, current);
  return { path, movedFrom: current === path ? undefined : current, there };
}

/** A release that Homebrew sorts below the tap's version of a newer line is a backport there, whatever the tags say. */
function decide(version: Version, current: string | undefined, existing: readonly Version[], rules: Rules): Decision {
  const text = current === undefined ? undefined : readTapFormula(current).version;
  const decision = decideChannel(version, existing, rules);
  const inTap = text === undefined ? undefined : parseTag(text)?.version;
  if (decision.channel !== "stable" || text === undefined || inTap === undefined) return decision;
  const isNewerLine = inTap.major > version.major || (inTap.major === version.major && inTap.minor > version.minor);
  const isBackport =
    compareBrewVersions(text, version.text) > 0 && (isNewerLine || (inTap.prerelease === "" && inTap.build === ""));
  return isBackport ? { ...decision, channel: "backport", isLatest: false, formula: rules.backport.formula } : decision;
}

/** Keeps the `version_scheme` of the tap's formula; with a lower one, installed formulae would not be upgraded. */
function withSchemeOf(current: string | undefined, text: string): string {
  const scheme = current === undefined ? 0 : readTapFormula(current).scheme;
  return scheme > readTapFormula(text).scheme ? withVersionScheme(text, scheme) : text;
}

/** The formulae for the commit. One refused formula stops all of them, so that none is left out silently. */
export function toCommit(entries: readonly Entry[]): readonly Entry[] {
  const refusals = entries.map(refusal).filter((found) => found !== undefined);
  const [first] = refusals;
  if (first !== undefined) {
    throw new FormulaError(refusals.map(({ reason }) => reason).join("\n"), { advice: first.advice });
  }
  return entries.filter(
    ({ decision, change }) => decision.formula !== "skip" && change.kind !== "refused" && change.kind !== "kept",
  );
}

/** Warnings about published formulae: lines of the tap that a new version loses, and versions that sort too high. */
export function remarks(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ file, change, decision, source }) => {
    const { version } = source.release;
    if (decision.formula === "skip" || decision.formula === "commit") return [];
    const said: string[] = [];
    if (change.kind === "update" && change.lost.length > 0) {
      said.push(
        `${file} loses lines that the tap's formula had in addition to cargo-dist's: ${change.lost.join("; ")}`,
      );
    }
    if (change.kind === "kept")
      said.push(`${file} stays as it is in the tap: ${change.reason}. With \`republish: true\` it is replaced.`);
    if ((change.kind === "add" || change.kind === "update") && isDeadEnd(version.text)) {
      const release = `${version.major}.${version.minor}.${version.patch}`;
      said.push(
        `Homebrew orders ${version.text} above ${release}: users who install it from ${file} do not get ${release} later`,
      );
    }
    return said;
  });
}

/** `widget 1.2.3`, or `widget, widget-server 1.2.3`. */
export function commitMessage(entries: readonly Entry[]): string {
  const byVersion = Map.groupBy(entries, ({ source }) => source.release.version.text);
  return [...byVersion]
    .map(([version, group]) => `${group.map(({ file }) => file.replace(/\.rb$/, "")).join(", ")} ${version}`)
    .join(", ");
}

function refusal({ change, decision, file, source }: Entry): { reason: string; advice: string } | undefined {
  // A formula that is not pushed cannot harm anybody.
  if (decision.formula === "skip" || decision.formula === "commit") return undefined;
  // When the change itself is refused, its reason explains more than the channel's rule.
  if (change.kind === "refused") return change;
  if (decision.formula !== "refuse" || change.kind === "same") return undefined;
  const { channel } = decision;
  const version = source.release.version.text;
  const beside =
    channel === "backport" ? `, to publish it as a formula of its own, \`${channel}.formula: versioned\`` : "";
  return {
    reason: `${file} ${version} belongs to the channel \`${channel}\`, which by the rules is not published to the tap`,
    advice: `To publish it, set the rule \`${channel}.formula: push\`${beside}; to leave it out, \`${channel}.formula: skip\`.`,
  };
}
