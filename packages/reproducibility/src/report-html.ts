import type { Excerpt } from "@release-actions/difference";
import { countOf } from "@release-actions/report";
import type { FileVerdict } from "./compare.ts";
import {
  type CauseGroup,
  type Comparison,
  causeGroups,
  isReproducible,
  leftUnexplained,
  mismatches,
  verdictOf,
} from "./comparison.ts";
import type { FileExplanation } from "./explain-builds.ts";
import { letterOf, MAX_BUILD_COLUMNS } from "./report-markdown.ts";
import { visible } from "./visible.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --bad: #c62828; --good: #2e7d32; --mild: #b26a00; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2.2rem } h3 { font-size: 1rem; margin-bottom: .3rem }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line) }
code { font: .88em ui-monospace, monospace; overflow-wrap: anywhere } .scroll { overflow-x: auto }
.verdict { font-weight: 600 } .bad { color: var(--bad) } .good { color: var(--good) } .mild { color: var(--mild) }
.bar { display: flex; height: 1.1rem; border: 1px solid var(--line); border-radius: 3px; overflow: hidden; background: #2e7d3222 } .bar i { flex: 1; background: var(--bad) }
td:first-child { min-width: 10rem }
details { margin: .5rem 0 } summary { cursor: pointer }
pre { font: .84em/1.45 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 3px; padding: .5rem; overflow-x: auto } del { color: var(--bad); text-decoration: none } ins { color: var(--good); text-decoration: none }
@media (max-width: 40rem) { body { margin: 1rem auto } .stack thead { display: none } .stack, .stack tbody, .stack tr, .stack td { display: block; width: auto } .stack tr { border-bottom: 2px solid var(--line); padding: .4rem 0 } .stack td { border: 0; padding: .1rem 0 } .stack td::before { content: attr(data-label) " "; color: #888; font-size: .8rem } }`;
/** The most rows of a table, and the most digests, on the page; more would make it too large to open. */
const MAX_ROWS = 5000;
/** If there are more equal files than this, they are folded: few people read them, and they separate the differences from their causes. */
const MAX_EQUAL_SHOWN = 20;
/** The most names in one cell; the section of digests has all names. */
const MAX_NAMES = 8;

/** Renders a self-contained page without scripts. Its content security policy forbids it to load or run anything. */
export function htmlReport(comparison: Comparison, title: string): string {
  const { builds, verdicts, explanations } = comparison;
  const reproducible = isReproducible(comparison);
  // Differences come first, so that they are never among the rows that are left out.
  const ordered = [...mismatches(comparison), ...verdicts.filter(({ kind }) => kind === "equal")];
  const verdict = reproducible
    ? `<p class="verdict good">Reproducible: ${verdictOf(comparison)}.</p>`
    : `<p class="verdict bad">Not reproducible: ${verdictOf(comparison)}.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${verdict}
${contextSection(comparison)}
${causesSection(comparison)}
<h2>Files by builds</h2>
<p>= marks the content that most builds have, a letter marks other content, and - marks a missing file.</p>
${filesSection(ordered, builds)}
${explanations.length > 0 ? `<h2>Where files differ</h2>${explanations.map(explanationSection).join("")}` : ""}
<h2>Digests</h2>
${ordered.slice(0, MAX_ROWS).map(digestDetails).join("")}
</body>
</html>
`;
}

function contextSection({ builds, contexts }: Comparison): string {
  if (contexts.length === 0) return "";
  const rows = contexts.map(({ key, isDecisive, values }) => [
    isDecisive ? `<b>${escapeHtml(key)}</b>` : escapeHtml(key),
    ...builds.map(({ name }) => code(values.find(({ build }) => build === name)?.value ?? "not recorded")),
  ]);
  return `<h2>How the builds were made</h2>${table(["", ...builds.map(({ name }) => name)], rows)}`;
}

function causesSection(comparison: Comparison): string {
  const groups = causeGroups(comparison);
  if (groups.length === 0) return "";
  const left = leftUnexplained(comparison);
  return `<h2>Causes</h2>${groups.map(causeGroup).join("")}${left === "" ? "" : `<p>${left}</p>`}`;
}

/** Shows a remedy once, with all places that it concerns. */
function causeGroup({ title, remedy, causes }: CauseGroup): string {
  const rows = causes.map(({ files, place, left, right }) => [
    files[0] === "" ? "all" : filesCell(files),
    code(place),
    code(left),
    code(right),
  ]);
  return `<h3>${escapeHtml(title)}</h3>
<p>${escapeHtml(remedy).replace(/`([^`]*)`/g, "<code>$1</code>")}</p>
${table(["file", "where", "one side", "the other"], rows)}`;
}

function filesCell([first = "", ...others]: readonly string[]): string {
  if (others.length === 0) return code(first);
  return `${code(first)}<details><summary>and ${others.length} more</summary>${others.slice(0, MAX_ROWS).map(code).join("<br>")}</details>`;
}

function filesSection(verdicts: readonly FileVerdict[], builds: Comparison["builds"]): string {
  const equal = verdicts.filter(({ kind }) => kind === "equal");
  const isFolded = equal.length > MAX_EQUAL_SHOWN;
  const shown = isFolded ? verdicts.filter(({ kind }) => kind !== "equal") : verdicts;
  const header = ["file", "", ...(builds.length > MAX_BUILD_COLUMNS ? ["builds"] : builds.map(({ name }) => name))];
  const tableOf = (some: readonly FileVerdict[]): string => {
    const rows = some.map((one) => fileRow(one, builds));
    return rows.length === 0 ? "" : table(header, rows);
  };
  const folded = `<details><summary>${countOf(equal.length, "file is equal", "files are equal")}</summary>${tableOf(equal)}</details>`;
  return `${tableOf(shown)}${isFolded ? folded : ""}`;
}

/** Lists each version with the builds that have it, instead of one column per build. */
function groupsCell(verdict: FileVerdict): string {
  const groups = verdict.agreements.map(({ builds }) => {
    const letter = letterOf(verdict, builds[0] ?? "");
    if (letter === "=") return `= ${countOf(builds.length, "build")}`;
    const more = builds.length > MAX_NAMES ? ` and ${builds.length - MAX_NAMES} more` : "";
    return `<b>${letter}</b> ${escapeHtml(builds.slice(0, MAX_NAMES).join(", "))}${more}`;
  });
  return groups.join("<br>");
}

function fileRow(verdict: FileVerdict, builds: Comparison["builds"]): string[] {
  const { path, kind, severity, reason } = verdict;
  const style = kind === "equal" ? "good" : severity === "error" ? "bad" : "mild";
  const said = kind === "equal" || severity !== "ignored" ? kind : `${kind}, expected`;
  const status = `<span class="${style}">${escapeHtml(said)}</span>${reason === undefined ? "" : ` (${escapeHtml(reason)})`}`;
  if (builds.length > MAX_BUILD_COLUMNS) return [code(path), status, groupsCell(verdict)];
  return [code(path), status, ...builds.map(({ name }) => escapeHtml(letterOf(verdict, name)))];
}

function excerptBlock({ place, source, lines }: Excerpt): string {
  const marked = lines.map((line) => {
    const text = escapeHtml(line);
    return line.startsWith("-") ? `<del>${text}</del>` : line.startsWith("+") ? `<ins>${text}</ins>` : text;
  });
  const title =
    source === "diffoscope" ? `as diffoscope shows it${place === "" ? "" : `, ${place}`}` : place || "lines";
  return `<details open><summary>${escapeHtml(title)}</summary><pre>${marked.join("\n")}</pre></details>`;
}

function explanationSection(explanation: FileExplanation): string {
  const { path, left, right, format, map, parts, damage, excerpts, warnings } = explanation;
  const bar = map.buckets
    .map((share) => `<i style="opacity:${share === 0 ? 0 : Math.max(0.25, share).toFixed(2)}"></i>`)
    .join("");
  const rows = parts.map((part) => [code(part.name), String(part.left), String(part.right), String(part.differing)]);
  return `<h3>${code(path)}: ${escapeHtml(left)} and ${escapeHtml(right)}</h3>
<p>${format === "unknown" ? "" : `${escapeHtml(format)}, `}${map.differing} of ${map.length} bytes differ${damage === undefined ? "" : `; compared as bytes: ${escapeHtml(damage)}`}</p>
<div class="bar" role="img" aria-label="where the differences lie, from start to end">${bar}</div>
${excerpts.map(excerptBlock).join("")}${warnings.map((warning) => `<p class="mild">${escapeHtml(warning)}</p>`).join("")}
${rows.length > 0 ? `<details><summary>${countOf(rows.length, "part")}</summary>${table(["part", "bytes in one", "in the other", "differing"], rows)}</details>` : ""}`;
}

function digestDetails({ path, agreements }: FileVerdict): string {
  const rows = agreements.map(({ what, builds }) => [code(what), escapeHtml(builds.join(", "))]);
  return `<details><summary>${code(path)}</summary>${table(["content", "builds"], rows)}</details>`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const labels = header.map((cell) => escapeHtml(cell));
  const head = labels.map((label) => `<th>${label}</th>`).join("");
  const cell = (content: string, index: number): string => `<td data-label="${labels[index] ?? ""}">${content}</td>`;
  const body = rows
    .slice(0, MAX_ROWS)
    .map((row) => `<tr>${row.map(cell).join("")}</tr>`)
    .join("\n");
  const cut = rows.length > MAX_ROWS ? `<p>${rows.length - MAX_ROWS} more rows are left out here.</p>` : "";
  return `<div class="scroll"><table class="stack"><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>${cut}`;
}

function code(text: string): string {
  return text === "" ? "-" : `<code>${escapeHtml(text)}</code>`;
}

/** Escapes names and texts, which come from the compared files and are not trusted. */
function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
