import { hasOpenFence } from "./markdown-code.ts";
import { findSections, hasMarkers, NotesError } from "./sections.ts";

/** The values of placeholders, as Markdown; empty when there is nothing to show. */
export interface Values {
  readonly app: string;
  readonly version: string;
  readonly tag: string;
  readonly repository: string;
  /** The text of the notes file. */
  readonly notes: string;
  /** A link to the changes since the previous release. */
  readonly changes: string;
  /** Install commands for the channels that have the release. */
  readonly install: string;
  /** Installers of the release: commands for scripts, links to system packages. */
  readonly installers: string;
  /** Tables of archives. */
  readonly downloads: string;
  /** How to verify where a file was built. */
  readonly attestations: string;
  /** The ledger as a table. */
  readonly channels: string;
}

export const DEFAULT_TEMPLATE = `<!-- section notes -->
{{ notes }}

{{ changes }}
<!-- end notes -->

<!-- section install -->
## Install {{ app }} {{ version }}

{{ install }}

{{ installers }}
<!-- end install -->

<!-- section downloads -->
## Download {{ app }} {{ version }}

{{ downloads }}

{{ attestations }}
<!-- end downloads -->

<!-- section channels -->
## Where this release is

{{ channels }}
<!-- end channels -->
`;

/** Placeholders that give a section its content: if all of them are empty, the section is left empty. */
const SUBSTANCE: readonly string[] = [
  "notes",
  "changes",
  "install",
  "installers",
  "downloads",
  "channels",
] satisfies (keyof Values)[];

/** A placeholder. \`\${{ … }}\` does not match: it is an expression in the text of a page about workflows. */
const PLACEHOLDER = /(?<!\$)\{\{\s*([\w-]+)\s*\}\}/g;

/**
 * Fills a template. A section whose values are all empty keeps only its markers, so that a later run
 * finds its place. Values are inserted once: text in them that looks like a placeholder stays.
 */
export function renderTemplate(template: string, values: Values): string {
  const unknown = [...template.matchAll(PLACEHOLDER)].find(([, name = ""]) => !Object.hasOwn(values, name));
  if (unknown !== undefined) {
    throw new NotesError(
      `the template has the placeholder ${unknown[0]}, expected one of ${Object.keys(values).join(", ")}`,
    );
  }
  if (hasMarkers(values.notes)) throw new NotesError("the notes contain section markers, which belong in the template");
  if (hasOpenFence(values.notes)) {
    throw new NotesError("the notes have an unclosed code block: everything after it would be code", {
      advice: "Close it with the same number of backticks.",
    });
  }
  let rendered = "";
  let done = 0;
  for (const section of findSections(template, "the template")) {
    rendered += fill(template.slice(done, section.start), values);
    const whole = template.slice(section.start, section.end);
    const at = whole.indexOf(section.content);
    const content = saysNothing(section.content, values) ? "\n" : fill(section.content, values);
    rendered += whole.slice(0, at) + content + whole.slice(at + section.content.length);
    done = section.end;
  }
  return rendered + fill(template.slice(done), values);
}

function saysNothing(content: string, values: Values): boolean {
  const names = [...content.matchAll(PLACEHOLDER)]
    .map(([, name = ""]) => name)
    .filter((name) => SUBSTANCE.includes(name));
  return names.length > 0 && names.every((name) => lookUp(values, name) === "");
}

function fill(text: string, values: Values): string {
  const filled = text.replace(PLACEHOLDER, (_whole, name: string) => lookUp(values, name));
  // An empty placeholder on a line of its own leaves no gap.
  return text.includes("{{") ? filled.replace(/^\n{2,}|\n{2,}$/g, "\n") : filled;
}

function lookUp(values: Values, name: string): string {
  return (
    Object.entries(values)
      .find(([key]) => key === name)?.[1]
      .trim() ?? ""
  );
}
