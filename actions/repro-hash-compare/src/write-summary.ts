import { Summary } from "@release-actions/action-kit";
import { countOf } from "@release-actions/report";
import {
  barsTable,
  type Comparison,
  contextTable,
  filesTable,
  isReproducible,
  mismatches,
  type Table,
  verdictOf,
  visible,
  writeCauses,
} from "@release-actions/reproducibility";

/** How many excerpts of differing lines are shown openly, and how many more are folded. */
const MAX_EXCERPTS = 3;
const MAX_FOLDED_EXCERPTS = 20;
/** How many rows of the table of files are not folded. */
const MAX_OPEN_FILES = 20;

/** Writes the verdict, what to do, and where to look; long parts are folded. */
export function writeSummary(summary: Summary, comparison: Comparison): void {
  const failing = mismatches(comparison).some(({ severity }) => severity === "error");
  const [mark, word] = isReproducible(comparison)
    ? (["success", "Reproducible"] as const)
    : ([failing ? "error" : "warning", "Not reproducible"] as const);
  summary.verdict(mark, `${word}: ${verdictOf(comparison)}`);
  const section = (title: string, { header, rows }: Table): void => {
    if (rows.length > 0) summary.heading(title).table(header, rows);
  };
  section("Builds made differently", contextTable(comparison));
  writeCauses(summary, comparison);
  showExcerpts(summary, comparison);
  const files = filesTable(comparison);
  if (!isReproducible(comparison) && files.rows.length <= MAX_OPEN_FILES) section("Files", files);
  else summary.details(countOf(files.rows.length, "file"), new Summary().table(files.header, files.rows));
  const bars = barsTable(comparison);
  if (bars.rows.length > 0)
    summary.details("Where in the files the differences are", new Summary().table(bars.header, bars.rows));
}

/** Shows the first lines that differ; files with the same lines share one excerpt. */
function showExcerpts(summary: Summary, { explanations }: Comparison): void {
  const files = new Map<string, Set<string>>();
  for (const { path: file, excerpts } of explanations) {
    for (const { place, source, lines } of excerpts.slice(0, MAX_EXCERPTS)) {
      const title = [file, source === "diffoscope" ? "as diffoscope shows it" : place].filter(Boolean).join(": ");
      const text = lines.map(visible).join("\n");
      files.set(text, (files.get(text) ?? new Set()).add(visible(title)));
    }
  }
  const all = [...files];
  const show = (into: Summary, [text, [first = "", ...others]]: (typeof all)[number]): void => {
    into.heading(others.length === 0 ? first : `${first} and ${others.length} more`).code(text, "diff");
  };
  for (const one of all.slice(0, MAX_EXCERPTS)) show(summary, one);
  const folded = all.slice(MAX_EXCERPTS, MAX_EXCERPTS + MAX_FOLDED_EXCERPTS);
  if (folded.length === 0) return;
  const left = all.length - MAX_EXCERPTS - folded.length;
  const inside = new Summary();
  for (const one of folded) show(inside, one);
  if (left > 0) inside.text(`${countOf(left, "more file")} in the report.`);
  summary.details(`Differing lines of ${countOf(folded.length, "more file")}`, inside);
}
