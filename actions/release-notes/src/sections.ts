import { createHash } from "node:crypto";
import { Fault } from "@release-actions/report";
import { codeOf, isIn } from "./markdown-code.ts";

/** Notes that cannot be written: a file, a template or a release is not as expected. */
export class NotesError extends Fault {
  override readonly name = "NotesError";
}

/** A named part of a Markdown text between `<!-- section x -->` and `<!-- end x -->`, which GitHub does not show. */
export interface Section {
  readonly name: string;
  /** The text between the markers. */
  readonly content: string;
  /** Whether nobody changed the content: it has the recorded checksum, or none was recorded. */
  readonly isUntouched: boolean;
  /** Start and end offsets of the section, including its markers. */
  readonly start: number;
  readonly end: number;
}

const MARKER = /<!--\s*(section|end)\s+([a-z][a-z0-9-]*)\s*-->/g;
/** The checksum comment that this action writes after an end marker. */
const SUM = /<!-- sum ([0-9a-f]{12}) -->/y;

/**
 * Finds the sections of a text. Markers in code are text.
 *
 * @param source names the text in errors.
 * @throws NotesError when markers do not pair up, nest, or name a section twice.
 */
export function findSections(text: string, source: string): readonly Section[] {
  const sections: Section[] = [];
  let open: { name: string; start: number; content: number } | undefined;
  for (const match of markersOf(text)) {
    const [marker, kind, name = ""] = match;
    if (kind === "section") {
      if (open !== undefined) throw new NotesError(`${source}: the section ${name} begins inside of ${open.name}`);
      if (sections.some((section) => section.name === name))
        throw new NotesError(`${source}: the section ${name} occurs twice`);
      open = { name, start: match.index, content: match.index + marker.length };
    } else {
      if (open?.name !== name) throw new NotesError(`${source}: the section ${name} ends, but did not begin`);
      const content = text.slice(open.content, match.index);
      const sum = sumAt(text, match.index + marker.length);
      const end = match.index + marker.length + (sum?.[0].length ?? 0);
      sections.push({
        name,
        content,
        isUntouched: sum === undefined || sum[1] === sumOf(content),
        start: open.start,
        end,
      });
      open = undefined;
    }
  }
  if (open !== undefined) {
    throw new NotesError(`${source}: the section ${open.name} does not end`, {
      advice: `Put \`<!-- end ${open.name} -->\` after it, and end every code block before that.`,
    });
  }
  return sections;
}

/** Whether a text has section markers, which would end the section that it is put into. */
export function hasMarkers(text: string): boolean {
  return markersOf(text).length > 0;
}

/** The section as it is written to notes: with a checksum of its content, which reveals later changes. */
export function sealed(text: string, { start, end, content }: Section): string {
  const whole = text.slice(start, end).replace(/<!-- sum [0-9a-f]{12} -->$/, "");
  return `${whole}<!-- sum ${sumOf(content)} -->`;
}

function markersOf(text: string): readonly RegExpExecArray[] {
  const code = codeOf(text);
  return [...text.matchAll(MARKER)].filter(({ index }) => !isIn(code, index));
}

function sumAt(text: string, offset: number): RegExpExecArray | undefined {
  SUM.lastIndex = offset;
  return SUM.exec(text) ?? undefined;
}

/** A checksum that ignores what GitHub's web editor changes: line ends (to CR LF) and white space at the end. */
function sumOf(content: string): string {
  const lines = content.split(/\r?\n/).map((line) => line.trimEnd());
  return createHash("sha256").update(lines.join("\n").trim()).digest("hex").slice(0, 12);
}
