import path from "node:path";
import type { Level, Location, Problem } from "@release-actions/report";
import type { Failure } from "./failure.ts";
import { type SourceLink, workspacePath } from "./source-link.ts";

/** GitHub refuses a step summary over 1 MiB (docs: "Job summaries", step isolation and limits). */
const MAX_SUMMARY_BYTES = 1024 * 1024;
const CUT_NOTE = "\n\n_This summary was cut at 1 MiB; the log has all of it._\n";

/** How something went. `waiting` is what a person has to confirm. */
export type Mark = "success" | "waiting" | Level;

export const MARKS: Readonly<Record<Mark, string>> = {
  ...{ success: "✅", waiting: "⏳", error: "❌", warning: "⚠️", notice: "ℹ️" },
};

/** A message with so many lines below its first is what some program printed. */
const MIN_OUTPUT_LINES = 3;

const LEVELS: readonly Level[] = ["error", "warning", "notice"];

export type Cell = string | number;

/** A number, or a measure such as `1.24 GB` and `2 min 05 s`; `-` and nothing may stand between them. */
const MEASURE = /^(?:-?\d+(?:\.\d+)? (?:B|kB|MB|GB|TB|ms|s)|\d+ min \d\d s|-|)$/;

/**
 * A job summary in Markdown, of one design for all actions: the verdict as headline, what failed below it, then what
 * the action adds. Text in tables is escaped; `raw` and `code` take it as it is.
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

  /** The headline: `subject: what happened`. A later verdict replaces an earlier one, but nothing replaces a failure except another. */
  verdict(mark: Mark, text: string): this {
    if (!this.hasFailed || mark === "error") this.#verdict = { mark, text };
    return this;
  }

  /** Whether the headline already says that something is wrong. */
  get hasFailed(): boolean {
    return this.#verdict?.mark === "error";
  }

  /** What stopped the action, directly below the headline. Without a verdict that says so, the headline is that it failed. */
  failure(action: string, { message, location }: Pick<Failure, "message" | "location">): this {
    this.#failed = `${action} failed`;
    const [said, advice] = splitAdvice(withoutWorkspace(message));
    const [first = "", ...more] = said.split("\n");
    // What a program printed keeps its lines and columns.
    const isOutput = more.length >= MIN_OUTPUT_LINES;
    let text = isOutput ? paragraph(first) : paragraph(said);
    if (location !== undefined) {
      const place = this.#place(location);
      // Many messages begin with their place: it is not said twice.
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
      rows.every((row) => typeof row[column] === "number" || MEASURE.test(String(row[column] ?? "")));
    const rule = `|${used.map((column) => (isMeasured(column) ? " ---: |" : " --- |")).join("")}`;
    return rows.length === 0 ? this : this.raw([line(header), rule, ...rows.map(line)].join("\n"));
  }

  /** Names and values of one thing, without those that are empty. HTML, since tables of GFM must have a header. */
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
        plainSentence(message),
      ]),
    );
    return this;
  }

  /** What to do next, below the findings. */
  next(advice: string): this {
    if (advice !== "") this.#findings += `**Next:** ${paragraph(advice)}\n\n`;
    return this;
  }

  /** A sentence whose code spans stay code; nothing else in it is read as HTML. */
  text(text: string): this {
    return this.raw(text.replace(/`[^`\n]*`|[&<>]/g, (part) => (part.startsWith("`") ? part : escapeHtml(part))));
  }

  code(text: string, language = ""): this {
    return this.raw(fenced(text, language));
  }

  details(title: string, content: string | Summary): this {
    return this.raw(`<details><summary>${escapeHtml(title)}</summary>\n\n${String(content).trimEnd()}\n\n</details>`);
  }

  /** Markdown as it is, set off as a paragraph. */
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

  /** The place as a link, or as plain text where nothing can be linked to. */
  #place(location: Location): string {
    const { line } = location;
    const name = workspacePath(location.file).replaceAll("`", "'");
    const shown = plainSentence(`${name}${line === undefined ? "" : `:${line}`}`);
    const link = this.#linkTo(location);
    return link === undefined ? shown : `[${shown}](${link})`;
  }
}

/** Keeps a value (a name from an archive, say) from being read as Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return escapeHtml(text).replace(/[\\`*_[\]|~]/g, "\\$&");
}

/** A URL, or a word. */
const WORD = /https?:\/\/[^\s<>"'`]+|[^\s"'()<>,;`]+/g;

/**
 * A sentence of which only code spans are Markdown: patterns and names in it stay as they are. GitHub makes links of URLs
 * as they are written, so nothing in them is escaped; and of `name@1.2.3` it makes a mail address, of `@scope` a mention, unless it is code.
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

/** What happened, and what to do next. */
function splitAdvice(message: string): [said: string, advice: string] {
  const [said = "", advice = ""] = message.split(/\r?\nNext: (.*)/s);
  return [said, advice];
}

/** Paths of the workspace as annotations and links have them: the folder of a runner tells nobody anything. */
function withoutWorkspace(text: string): string {
  const workspace = process.env["GITHUB_WORKSPACE"];
  return workspace ? text.replaceAll(`${workspace}${path.sep}`, "") : text;
}

function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Lines of text as one paragraph. */
function paragraph(text: string): string {
  return outsideCode(plainSentence(text), escapeHtml).replace(/\r?\n/g, "<br>");
}

/** In cells Markdown stays usable (links, code), but can neither leave the cell nor open a tag. */
function escapeCell(text: string): string {
  return outsideCode(text, escapeHtml).replaceAll("|", "\\|").replace(/\r?\n/g, "<br>");
}

/** In a code span everything is literal (GFM, 6.1), also what would be an entity outside of it. */
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
