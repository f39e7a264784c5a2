/** GitHub refuses a step summary over 1 MiB (docs: "Job summaries", step isolation and limits). */
const MAX_SUMMARY_BYTES = 1024 * 1024;
const CUT_NOTE = "\n\n_This summary was cut at 1 MiB; the log has all of it._\n";

export type Cell = string | number;

/** A job summary in Markdown. Text put into tables is escaped; `raw` and `code` take it as it is. */
export class Summary {
  #text = "";

  heading(text: string, level: 2 | 3 | 4 = 3): this {
    return this.raw(`${"#".repeat(level)} ${escapeMarkdown(text)}`);
  }

  table(header: readonly string[], rows: readonly (readonly Cell[])[]): this {
    const line = (cells: readonly Cell[]): string => `| ${cells.map((cell) => escapeCell(String(cell))).join(" | ")} |`;
    return this.raw([line(header), `|${" --- |".repeat(header.length)}`, ...rows.map(line)].join("\n"));
  }

  /** A sentence whose code spans stay code; nothing else in it is read as HTML. */
  text(text: string): this {
    return this.raw(text.replace(/`[^`\n]*`|[&<>]/g, (part) => (part.startsWith("`") ? part : escapeHtml(part))));
  }

  code(text: string, language = ""): this {
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = "`".repeat(longest + 1);
    return this.raw(`${fence}${language}\n${text}\n${fence}`);
  }

  mermaid(diagram: string): this {
    return this.code(diagram, "mermaid");
  }

  details(title: string, markdown: string): this {
    return this.raw(`<details><summary>${escapeHtml(title)}</summary>\n\n${markdown}\n\n</details>`);
  }

  /** Markdown as it is, set off as a paragraph. */
  raw(markdown: string): this {
    this.#text += `${markdown}\n\n`;
    return this;
  }

  get isEmpty(): boolean {
    return this.#text === "";
  }

  /** The Markdown, cut at a line so that it fits GitHub's limit (F93). */
  toString(): string {
    const bytes = Buffer.from(this.#text);
    if (bytes.length <= MAX_SUMMARY_BYTES) return this.#text;
    const room = bytes.subarray(0, MAX_SUMMARY_BYTES - CUT_NOTE.length - 4);
    return room.subarray(0, room.lastIndexOf(0x0a)).toString("utf8") + CUT_NOTE;
  }
}

/** Keeps a value (a name from an archive, say) from being read as Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return escapeHtml(text).replace(/[\\`*_[\]|~]/g, "\\$&");
}

/** In cells Markdown stays usable (links, code), but can neither leave the cell nor open a tag. */
function escapeCell(text: string): string {
  // In a code span everything is literal (GFM, 6.1), also what would be an entity outside of it.
  if (/^`[^`\r\n]+`$/.test(text)) return text.replaceAll("|", "\\|");
  return escapeHtml(text).replaceAll("|", "\\|").replace(/\r?\n/g, "<br>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
