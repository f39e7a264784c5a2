import type { ActionFile } from "./action-file.ts";
import { describeInputType } from "./input-type.ts";

export function inputTable(action: Pick<ActionFile, "inputs">): string {
  if (action.inputs.length === 0) return "None.";
  return table(
    ["input", "type", "default", "meaning"],
    action.inputs.map((input) => [
      `\`${input.name}\``,
      describeInputType(input.type),
      input.required ? "**required**" : codeOrDash(input.default),
      input.description,
    ]),
  );
}

export function outputTable(action: Pick<ActionFile, "outputs">): string {
  if (action.outputs.length === 0) return "None.";
  return table(
    ["output", "meaning"],
    action.outputs.map((output) => [`\`${output.name}\``, output.description]),
  );
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), `|${" --- |".repeat(header.length)}`, ...rows.map(line)].join("\n");
}

/**
 * Replaces the text between `<!-- name:start -->` and `<!-- name:end -->` with `content`.
 * @throws Error when the markers are missing, since a generator that finds nothing to replace must fail
 */
export function replaceMarked(text: string, name: string, content: string, file: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${file}: the markers ${start} and ${end} are missing`);
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/**
 * Replaces the first paragraph after the title with the description, in lines of at most 150 characters.
 * @throws Error when the page does not begin with a title and a paragraph
 */
export function replaceFirstParagraph(text: string, description: string, file: string): string {
  const [head, title] = /^(# .+\n\n)[^#\n][\s\S]*?(?=\n\n)/.exec(text) ?? [];
  if (head === undefined) throw new Error(`${file}: expected a title and a paragraph at the beginning`);
  const lines = description
    .trim()
    .replace(/\s+/g, " ")
    .replace(/(.{1,150})(?: |$)/g, "$1\n")
    .trimEnd();
  return `${title}${lines}${text.slice(head.length)}`;
}

/** The body of a `## heading`, up to the next one of its level. */
export function section(text: string, heading: string, file: string): string {
  const body = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(text)?.[1]?.trim();
  if (body === undefined || body === "") throw new Error(`${file}: a section "## ${heading}" is missing`);
  return body;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}

function codeOrDash(value: string | undefined): string {
  if (value === undefined || value === "") return "-";
  return value
    .trim()
    .split("\n")
    .map((line) => `\`${line}\``)
    .join(" ");
}
