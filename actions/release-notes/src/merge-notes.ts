import { applyEdits } from "@release-actions/text";
import { hasOpenFence } from "./markdown-code.ts";
import { findSections, NotesError, type Section, sealed } from "./sections.ts";

/** What happens to existing notes: see the README, "What becomes of notes that are there". */
export type Mode = "update" | "append" | "keep";

export interface MergeOptions {
  readonly mode: Mode;
  /** The only section to replace; it is added when the notes lack it. */
  readonly only?: string | undefined;
  /** Notes that cargo-dist wrote, from its manifests. No other text outside of sections may be replaced. */
  readonly generated: readonly string[];
}

export interface Merged {
  readonly text: string;
  /** The names of sections that people changed and that were therefore kept. */
  readonly kept: readonly string[];
}

/** Puts new sections into existing notes. Text that people wrote stays. */
export function mergeNotes(current: string, rendered: string, options: MergeOptions): Merged {
  const fresh = findSections(rendered, "the template");
  const there = findSections(current, "the release's notes");
  const { only, mode } = options;
  const wanted = only === undefined ? fresh : fresh.filter((section) => section.name === only);
  if (only !== undefined && wanted.length === 0) {
    throw new NotesError(`the template has no section ${only}, only ${fresh.map(({ name }) => name).join(", ")}`);
  }
  if (mode === "keep" && current.trim() !== "") return { text: current, kept: [] };
  if (hasOpenFence(current)) {
    throw new NotesError("the release's notes have an unclosed code block, so everything after it is code", {
      advice: "Close it in the release's notes on GitHub, then run this job again.",
    });
  }
  if (there.length === 0 && only === undefined) {
    return { text: around(current, sealAll(rendered, fresh), mode === "append" ? [] : options.generated), kept: [] };
  }
  const changed = there.filter((old) => !old.isUntouched && wanted.some(({ name }) => name === old.name));
  const kept = changed.map(({ name }) => name);
  const edits = there.flatMap(({ name, start, end }) => {
    const section = wanted.find((each) => each.name === name);
    return section === undefined || kept.includes(name) ? [] : [{ start, end, text: sealed(rendered, section) }];
  });
  let text = applyEdits(current, edits);
  for (const section of wanted) {
    if (!there.some(({ name }) => name === section.name)) text = added(text, section, fresh, sealed(rendered, section));
  }
  return { text, kept };
}

/** Adds sections to notes without any. They replace cargo-dist's text if it is unchanged; the text around it stays. */
function around(current: string, sections: string, generated: readonly string[]): string {
  const text = current.replaceAll("\r\n", "\n");
  for (const body of generated.map((one) => one.replaceAll("\r\n", "\n").trim())) {
    const at = body === "" ? -1 : text.indexOf(body);
    const isWhole =
      at >= 0 && /(^|\n)[ \t]*$/.test(text.slice(0, at)) && /^[ \t]*(\n|$)/.test(text.slice(at + body.length));
    if (isWhole) return joined([text.slice(0, at), sections, text.slice(at + body.length)]);
  }
  return joined([current, sections]);
}

/** Adds a section after the one that precedes it in the template, else before the one that follows, else at the end. */
function added(text: string, section: Section, order: readonly Section[], content: string): string {
  const there = findSections(text, "the release's notes");
  const at = order.findIndex(({ name }) => name === section.name);
  const find = (names: readonly Section[]): Section | undefined =>
    names.map(({ name }) => there.find((one) => one.name === name)).find((one) => one !== undefined);
  const before = find(order.slice(0, at).toReversed());
  if (before !== undefined) return `${text.slice(0, before.end)}\n\n${content}${text.slice(before.end)}`;
  const after = find(order.slice(at + 1));
  if (after !== undefined) return `${text.slice(0, after.start)}${content}\n\n${text.slice(after.start)}`;
  return joined([text, content]);
}

function sealAll(rendered: string, sections: readonly Section[]): string {
  return applyEdits(
    rendered,
    sections.map((section) => ({ ...section, text: sealed(rendered, section) })),
  );
}

function joined(parts: readonly string[]): string {
  const [first = "", ...rest] = parts.filter((part) => part.trim() !== "");
  if (rest.length === 0) return first;
  return `${[first.trimEnd(), ...rest.map((part) => part.replace(/^\s*\n/, "").trimEnd())].join("\n\n")}\n`;
}
