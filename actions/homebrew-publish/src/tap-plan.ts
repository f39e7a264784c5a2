import { type Decision, decideChannel, type Rules } from "@release-actions/channel";
import {
  compareWithTap,
  FormulaError,
  formulaPath,
  readTapFile,
  type Tap,
  type TapChange,
  versionedFormula,
  versionInTap,
} from "@release-actions/homebrew";
import type { Source } from "./collect.ts";

/** What is to become of one formula in the tap. */
export interface Entry {
  readonly source: Source;
  readonly decision: Decision;
  /** `widget.rb`, or `widget@1.2.rb` for an older line. */
  readonly file: string;
  /** In the tap. */
  readonly path: string;
  readonly text: string;
  readonly change: TapChange;
}

/**
 * Decides for every formula what happens to it, seen from what the tap has now. The tap's own version
 * tells whether a release is a backport: it is what `brew upgrade` would go back from.
 */
export async function planTap(
  tap: Tap,
  sources: readonly Source[],
  rules: Rules,
  republish: boolean,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const source of sources) entries.push(await planOne(tap, source, rules, republish));
  return entries;
}

async function planOne(tap: Tap, source: Source, rules: Rules, republish: boolean): Promise<Entry> {
  const { version } = source.release;
  const mainPath = await formulaPath(tap, source.file);
  const current = await readTapFile(tap, mainPath);
  const inTap = current === undefined ? undefined : versionInTap(current);
  const decision = decideChannel(version, inTap === undefined ? [] : [inTap], rules);
  if (decision.formula !== "versioned") {
    const change = compareWithTap({ file: source.file, text: source.text, version }, current, republish);
    return { source, decision, file: source.file, path: mainPath, text: source.text, change };
  }
  const versioned = versionedFormula(source.text, source.file, decision.line);
  const path = await formulaPath(tap, versioned.file);
  const change = compareWithTap({ ...versioned, version }, await readTapFile(tap, path), republish);
  return { source, decision, ...versioned, path, change };
}

/** The formulae to put into the commit; none is left out silently, and one that is refused stops them all. */
export function toCommit(entries: readonly Entry[]): readonly Entry[] {
  const refusals = entries.map(refusal).filter((found) => found !== undefined);
  const [first] = refusals;
  if (first !== undefined) {
    throw new FormulaError(refusals.map(({ reason }) => reason).join("\n"), { advice: first.advice });
  }
  return entries.filter(({ decision, change }) => decision.formula !== "skip" && change.kind !== "refused");
}

/** `widget 1.2.3`, or `widget, widget-server 1.2.3`. */
export function commitMessage(entries: readonly Entry[]): string {
  const byVersion = Map.groupBy(entries, ({ source }) => source.release.version.text);
  return [...byVersion]
    .map(([version, group]) => `${group.map(({ file }) => file.replace(/\.rb$/, "")).join(", ")} ${version}`)
    .join(", ");
}

function refusal({ change, decision, file, source }: Entry): { reason: string; advice: string } | undefined {
  // What nobody will see cannot be wrong for anybody.
  if (decision.formula === "skip" || decision.formula === "commit") return undefined;
  // A lower or a changed version says more than the rule that stopped it.
  if (change.kind === "refused") return change;
  if (decision.formula !== "refuse" || change.kind === "same") return undefined;
  const { channel } = decision;
  const version = source.release.version.text;
  return {
    reason: `${file} ${version} is of the channel \`${channel}\`, which the rules keep out of the tap`,
    advice: `To publish it, set the rule \`${channel}.formula: push\`; to leave it out, \`${channel}.formula: skip\`.`,
  };
}
