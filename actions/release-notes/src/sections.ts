import { Fault } from "@release-actions/report";

export class SectionError extends Fault {
  override readonly name = "SectionError";
}

/** A named part of a Markdown text, between `<!-- section x -->` and `<!-- end x -->`, which nobody sees when it is shown. */
export interface Section {
  readonly name: string;
  /** Between the markers. */
  readonly content: string;
  /** Offsets of the whole, markers included. */
  readonly start: number;
  readonly end: number;
}

const MARKER = /<!--\s*(section|end)\s+([a-z][a-z0-9-]*)\s*-->/g;

/**
 * Finds the sections of a text.
 *
 * @param source names the text in errors.
 * @throws SectionError when markers do not pair up, nest, or name a section twice.
 */
export function findSections(text: string, source: string): readonly Section[] {
  const sections: Section[] = [];
  let open: { name: string; start: number; content: number } | undefined;
  for (const match of text.matchAll(MARKER)) {
    const [marker, kind, name = ""] = match;
    if (kind === "section") {
      if (open !== undefined) throw new SectionError(`${source}: the section ${name} begins inside of ${open.name}`);
      if (sections.some((section) => section.name === name))
        throw new SectionError(`${source}: the section ${name} is there twice`);
      open = { name, start: match.index, content: match.index + marker.length };
    } else {
      if (open?.name !== name) throw new SectionError(`${source}: the section ${name} ends, but did not begin`);
      const end = match.index + marker.length;
      sections.push({ name, content: text.slice(open.content, match.index), start: open.start, end });
      open = undefined;
    }
  }
  if (open !== undefined) throw new SectionError(`${source}: the section ${open.name} does not end`);
  return sections;
}

/** Markers in a text that is put into a section would end it. */
export function hasMarkers(text: string): boolean {
  return text.search(MARKER) >= 0;
}

/**
 * Puts new sections into the notes that are there. What people wrote outside of sections stays; notes
 * that have no sections yet (such as those cargo-dist made) are replaced as a whole.
 *
 * @param only the one section to replace; it is added at the end when it is not there.
 */
export function mergeNotes(current: string, rendered: string, only: string | undefined): string {
  const fresh = findSections(rendered, "the template");
  const there = findSections(current, "the release's notes");
  if (only === undefined && there.length === 0) return rendered;
  const wanted = only === undefined ? fresh : fresh.filter((section) => section.name === only);
  if (only !== undefined && wanted.length === 0) {
    throw new SectionError(`the template has no section ${only}, only ${fresh.map(({ name }) => name).join(", ")}`);
  }
  let merged = current;
  // From the end, so that the offsets of what comes before stay true.
  for (const old of there.toReversed()) {
    const section = wanted.find(({ name }) => name === old.name);
    if (section === undefined) continue;
    merged = merged.slice(0, old.start) + rendered.slice(section.start, section.end) + merged.slice(old.end);
  }
  const missing = only === undefined ? undefined : wanted.find(({ name }) => !there.some((old) => old.name === name));
  return missing === undefined
    ? merged
    : `${merged.trimEnd()}\n\n${rendered.slice(missing.start, missing.end)}\n`.trimStart();
}
