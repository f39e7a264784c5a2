import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { diffArrays } from "diff";
import { type Cause, cause } from "./cause.ts";
import type { Context, Excerpt, Findings } from "./context.ts";
import { firstDifferingLine } from "./differing-line.ts";
import { explainJson } from "./explain-json.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import { both, readBoth, type Sources } from "./pair.ts";

/** A longer text is streamed and compared only up to the first differing line. */
const MAX_ALIGNED_BYTES = 8 * 1024 * 1024;
/** With more differing lines than this, aligning takes too long. */
const MAX_EDITS = 4000;
/** How many neighbouring lines are explained one by one. */
const MAX_SINGLE_LINES = 8;
const MAX_SHOWN_LINES = 40;
const MAX_SHOWN_CHARACTERS = 240;

/** Explains two texts by their lines: first by line endings and order, then by the contents of the differing lines. */
export async function explainText(sources: Sources, context: Context): Promise<Findings> {
  if (sources.some(({ size }) => size > MAX_ALIGNED_BYTES)) return await explainLongText(sources, context);
  const [a, b] = await readBoth(sources, readText);
  const whole = compareWhole(a, b, context);
  if (whole !== undefined) return { causes: [whole] };
  const [linesA, linesB] = [a.split("\n"), b.split("\n")];
  const changes = diffArrays(linesA, linesB, { maxEditLength: MAX_EDITS });
  if (changes === undefined) return await explainLongText(sources, context);
  const hunks = toHunks(changes);
  const json = explainJson(a, b, context);
  const causes = json ?? hunks.flatMap((hunk) => explainHunk(hunk, context));
  return { causes, excerpts: [toExcerpt(hunks, context.place)] };
}

async function readText(source: RandomAccessSource): Promise<string> {
  const bytes = Buffer.from(await readExactly(source, 0, source.size));
  const text = bytes.toString("utf8");
  return text.includes("\uFFFD") ? bytes.toString("latin1") : text;
}

function compareWhole(a: string, b: string, { place }: Context): Cause | undefined {
  const endings = (text: string): string => {
    const crlf = text.split("\r\n").length - 1;
    return crlf === 0 ? "LF" : crlf === text.split("\n").length - 1 ? "CRLF" : `CRLF in ${countOf(crlf, "line")}`;
  };
  const [one, other] = both([a, b], (text) => text.replaceAll("\r\n", "\n"));
  if (one === other) return cause("line-endings", `${place}ends of lines`, endings(a), endings(b));
  const [linesA, linesB] = both([one, other], (text) => text.replace(/\n$/, "").split("\n"));
  if (linesA.join("\n") === linesB.join("\n")) {
    const last = (text: string): string => (text.endsWith("\n") ? "a line feed" : "no line feed");
    return cause("line-endings", `${place}end of the file`, last(a), last(b));
  }
  if (linesA.toSorted().join("\n") !== linesB.toSorted().join("\n")) return undefined;
  const first = linesA.findIndex((line, index) => line !== linesB[index]);
  return cause("text-order", `${place}lines from ${first + 1} on`, linesA[first] ?? "", linesB[first] ?? "");
}

/** Neighbouring lines that were removed and added; line numbers start at 1. */
interface Hunk {
  readonly line: number;
  readonly lineRight: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

function toHunks(changes: readonly { value: string[]; added?: boolean; removed?: boolean }[]): Hunk[] {
  const hunks: { line: number; lineRight: number; removed: string[]; added: string[] }[] = [];
  let [line, lineRight, isOpen] = [1, 1, false];
  for (const { value, added = false, removed = false } of changes) {
    if (!added && !removed) {
      line += value.length;
      lineRight += value.length;
      isOpen = false;
      continue;
    }
    if (!isOpen) hunks.push({ line, lineRight, removed: [], added: [] });
    isOpen = true;
    hunks.at(-1)?.[removed ? "removed" : "added"].push(...value);
    if (removed) line += value.length;
    else lineRight += value.length;
  }
  return hunks;
}

/** Explains corresponding lines as pairs; other lines are shown as they are. */
function explainHunk({ line, removed, added }: Hunk, { place, windows }: Context): Cause[] {
  if (removed.length !== added.length) {
    const show = (lines: readonly string[]): string =>
      lines.length === 0
        ? "absent"
        : `${lines[0]}${lines.length > 1 ? ` (and ${countOf(lines.length - 1, "more line")})` : ""}`;
    return [cause("embedded-text", `${place}line ${line}`, show(removed), show(added))];
  }
  const causes = removed.map((text, index) =>
    explainTextPair(text, added[index] ?? "", `${place}line ${line + index}`, windows),
  );
  // A replaced block of lines counts as one finding.
  if (removed.length <= MAX_SINGLE_LINES) return causes;
  return causes.map((one) => (one.kind === "embedded-text" ? { ...one, group: `${place}from line ${line} on` } : one));
}

function toExcerpt(hunks: readonly Hunk[], place: string): Excerpt {
  const lines = hunks.flatMap(({ line, lineRight, removed, added }) => [
    `@@ line ${line} / ${lineRight} @@`,
    ...removed.map((text) => `-${text}`),
    ...added.map((text) => `+${text}`),
  ]);
  const shown = lines.slice(0, MAX_SHOWN_LINES).map(cut);
  if (lines.length > shown.length) shown.push(`(${countOf(lines.length - shown.length, "more line")})`);
  return { place, source: "lines", lines: shown };
}

async function explainLongText(sources: Sources, { place, windows, signal, warn }: Context): Promise<Findings> {
  const { line, left, right } = await firstDifferingLine(sources, signal);
  const at = `${place}line ${line}`;
  const found =
    left === undefined || right === undefined
      ? cause("embedded-text", at, left ?? "the end", right ?? "the end")
      : explainTextPair(left, right, at, windows);
  warn(`${place}the texts are too long or too different to align: only the first differing line was compared`);
  const lines = [`@@ line ${line} @@`, `-${left ?? ""}`, `+${right ?? ""}`].map(cut);
  return { causes: [found], excerpts: [{ place, source: "lines", lines }] };
}

function cut(text: string): string {
  return text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS)}…`;
}
