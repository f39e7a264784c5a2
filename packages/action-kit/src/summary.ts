import type { Level, Location, Problem } from "@release-actions/report";
import type { Failure } from "./failure.ts";
import type { SourceLink } from "./source-link.ts";
import { withoutWorkspace, workspacePath } from "./workspace.ts";

/** GitHub refuses a step summary over 1 MiB (docs: "Job summaries", step isolation and limits). */
const MAX_SUMMARY_BYTES = 1024 * 1024;
const CUT_NOTE = "\n\n_This summary was cut at 1 MiB; the log has all of it._\n";

/** The kind of a result. `waiting` means that a person must approve it. */
export type Mark = "success" | "waiting" | Level;

/** The emoji for each kind of result. */
export const MARKS: Readonly<Record<Mark, string>> = {
  ...{ success: "✅", waiting: "⏳", error: "❌", warning: "⚠️", notice: "ℹ️" },
};

/** A message with at least this many lines after the first is treated as output of a program. */
const MIN_OUTPUT_LINES = 3;

const LEVELS: readonly Level[] = ["error", "warning", "notice"];

export type Cell = string | number;

/** A number with a unit, such as `1.24 GB` or `2 min 05 s`. Cells with `-` or nothing do not change the alignment. */
const MEASURE = /^(?:-?\d+(?:\.\d+)? (?:B|kB|MB|GB|TB|ms|s)|\d+ min \d\d s|-|)$/;

/**
 * A job summary in Markdown with the same design for all actions: the verdict as the headline, then the failures, then
 * the parts that the action adds. Text in tables is escaped; `raw` and `code` insert text unchanged.
 */
export class Summary {
  #verdict: { readonly mark: Mark; readonly text: string } | undefined;
  readonly #failures = new Set<string>();
  #failed: string | undefined;
  #findings = "";
  #text = "";
  readonly #linkTo: SourceLink;

  constructor(linkTo: SourceLink = () => undefined) {
    this.#linkTo = linkTo;
  }

  /** Sets the headline, `subject: result`. A later verdict replaces it, but only a failure replaces a failure. */
  verdict(mark: Mark, text: string): this {
    if (!this.hasFailed || mark === "error") this.#verdict = { mark, text };
    return this;
  }

  /** Whether the headline reports a failure. */
  get hasFailed(): boolean {
    return this.#verdict?.mark === "error";
  }

  /** Shows the error that stopped the action. The headline says that the action failed, unless the verdict does so. */
  failure(action: string, { message, location }: Pick<Failure, "message" | "location">): this {
    this.#failed = `${action} failed`;
    const [said, advice] = splitAdvice(withoutWorkspace(message));
    const [first = "", ...more] = said.split("\n");
    // Output of a program keeps its lines and columns.
    const isOutput = more.length >= MIN_OUTPUT_LINES;
    let text = isOutput ? paragraph(first) : paragraph(said);
    if (location !== undefined) {
      const place = this.#place(location);
      // Many messages begin with their location: do not show it twice.
      const name = paragraph(workspacePath(location.file));
      const behind = text.startsWith(name) ? /^(?::\d+)?(?=[:\s]|$)/.exec(text.slice(name.length)) : null;
      const rest = behind === null ? `: ${text}` : text.slice(name.length + behind[0].length);
      text = `${outsideCode(place, escapeHtml)}${rest}`;
    }
    if (isOutput) text += `\n\n${fenced(more.join("\n"))}\n`;
    if (advice !== "") text += `${isOutput ? "\n" : "<br>"}**Next:** ${paragraph(advice)}`;
    this.#failures.add(`${text}\n\n`);
    return this;
  }

  heading(text: string, level: 3 | 4 = 4): this {
    return this.raw(`${"#".repeat(level)} ${escapeMarkdown(text)}`);
  }

  /** Columns of numbers and measures are right-aligned; a column that is empty in every row is left out. */
  table(header: readonly string[], rows: readonly (readonly Cell[])[]): this {
    const used = header.map((_, column) => column).filter((column) => rows.some((row) => String(row[column]) !== ""));
    const line = (cells: readonly Cell[]): string =>
      `| ${used.map((column) => escapeCell(String(cells[column] ?? ""))).join(" | ")} |`;
    const isMeasured = (column: number): boolean =>
      rows.every((row) => typeof row[column] === "number" || MEASURE.test(String(row[column] ?? ""))) &&
      rows.some((row) => /\d/.test(String(row[column] ?? "")));
    const rule = `|${used.map((column) => (isMeasured(column) ? " ---: |" : " --- |")).join("")}`;
    return rows.length === 0 ? this : this.raw([line(header), rule, ...rows.map(line)].join("\n"));
  }

  /** A table of names and values, without empty values. It is HTML, since GFM tables must have a header. */
  facts(facts: readonly (readonly [name: string, value: Cell])[]): this {
    const rows = facts
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `<tr><th align="left">${escapeHtml(name)}</th><td>${htmlOf(String(value))}</td></tr>`);
    return this.raw(`<table>\n${rows.join("\n")}\n</table>`);
  }

  /** Findings, errors first, each with a link to its line. They stand above everything but the headline. */
  findings(problems: readonly Problem[]): this {
    const sorted = LEVELS.flatMap((level) => problems.filter((problem) => problem.level === level));
    this.#findings += new Summary().table(
      ["", "where", "finding"],
      sorted.map(({ level, location, message }) => [
        MARKS[level],
        location === undefined ? "" : this.#place(location),
        plainSentence(location === undefined ? message : withoutPlace(message, location)),
      ]),
    );
    return this;
  }

  /** What to do next, below the findings. */
  next(advice: string): this {
    if (advice !== "") this.#findings += `**Next:** ${paragraph(advice)}\n\n`;
    return this;
  }

  /** A sentence in Markdown, with HTML escaped outside of code spans. */
  text(text: string): this {
    return this.raw(text.replace(/`[^`\n]*`|[&<>]/g, (part) => (part.startsWith("`") ? part : escapeHtml(part))));
  }

  code(text: string, language = ""): this {
    return this.raw(fenced(text, language));
  }

  details(title: string, content: string | Summary): this {
    return this.raw(`<details><summary>${escapeHtml(title)}</summary>\n\n${String(content).trimEnd()}\n\n</details>`);
  }

  /** Unchanged Markdown as a paragraph of its own. */
  raw(markdown: string): this {
    this.#text += `${markdown}\n\n`;
    return this;
  }

  get isEmpty(): boolean {
    return this.#whole() === "";
  }

  /** The Markdown, cut at a line so that it fits GitHub's limit. */
  toString(): string {
    const text = this.#whole();
    const bytes = Buffer.from(text);
    if (bytes.length <= MAX_SUMMARY_BYTES) return text;
    const room = bytes.subarray(0, MAX_SUMMARY_BYTES - CUT_NOTE.length - 4);
    return room.subarray(0, room.lastIndexOf(0x0a)).toString("utf8") + CUT_NOTE;
  }

  #whole(): string {
    const headline = (mark: Mark, text: string, level: 3 | 4): string =>
      `${"#".repeat(level)} ${MARKS[mark]} ${paragraph(text)}\n\n`;
    const verdict = this.#verdict;
    const failures = [...this.#failures].join("");
    const rest = this.#findings + this.#text;
    if (this.#failed === undefined || this.hasFailed)
      return (verdict === undefined ? "" : headline(verdict.mark, verdict.text, 3)) + failures + rest;
    const earlier = verdict === undefined ? "" : headline(verdict.mark, verdict.text, 4);
    return headline("error", this.#failed, 3) + failures + earlier + rest;
  }

  /** The location as a link, or as plain text if it cannot be linked. */
  #place(location: Location): string {
    const { line } = location;
    const name = workspacePath(location.file).replaceAll("`", "'");
    const shown = plainSentence(`${name}${line === undefined ? "" : `:${line}`}`);
    const link = this.#linkTo(location);
    return link === undefined ? shown : `[${shown}](${link})`;
  }
}

/** Escapes a value, such as a name from an archive, so that it is not interpreted as Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return escapeHtml(text).replace(/[\\`*_[\]|~]/g, "\\$&");
}

/** A URL, or a word. */
const WORD = /https?:\/\/[^\s<>"'`]+|[^\s"'()<>,;`]+/g;

/**
 * A sentence in which only code spans are Markdown; patterns and names stay as they are. URLs are not escaped, because
 * GitHub links them as written. `name@1.2.3` and `@scope` become code, since GitHub would make an e-mail address of the
 * first and a mention of the second.
 */
function plainSentence(text: string): string {
  return outsideCode(text, (part) =>
    part.replace(WORD, (word) => {
      if (/^https?:\/\//.test(word)) return word;
      const [, name = "", end = ""] = /^(.*?)([.:!?]*)$/s.exec(word) ?? [];
      return name.includes("@") ? `\`${name}\`${end}` : word.replace(/[\\*_[\]~]/g, "\\$&");
    }),
  );
}

/** Many messages begin with their location, which a table shows in a column of its own. */
function withoutPlace(message: string, { file, line }: Location): string {
  const place = [`${file}:${line}: `, `${file}: `].find((start) => message.startsWith(start)) ?? "";
  return message.slice(place.length);
}

/** Splits a message into the error and the next step. */
function splitAdvice(message: string): [said: string, advice: string] {
  const [said = "", advice = ""] = message.split(/\r?\nNext: (.*)/s);
  return [said, advice];
}

/** A fenced code block. Its fence is longer than every run of backticks in the text. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Lines of text as one paragraph. */
function paragraph(text: string): string {
  return outsideCode(plainSentence(text), escapeHtml).replace(/\r?\n/g, "<br>");
}

/** A table cell: links and code in Markdown work, but the text cannot end the cell or open an HTML tag. */
function escapeCell(text: string): string {
  return outsideCode(text, escapeHtml).replaceAll("|", "\\|").replace(/\r?\n/g, "<br>");
}

/** Changes text outside of code spans only: inside them everything is literal, even entities (GFM, 6.1). */
function outsideCode(text: string, change: (part: string) => string): string {
  return text
    .split(/((?<![`\\])`[^`\r\n]+`(?!`))/)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join("");
}

/** A cell as HTML: code spans become code. */
function htmlOf(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`\n]+)`/g, "<code>$1</code>")
    .replace(/\r?\n/g, "<br>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
