import type { Cause } from "./cause.ts";
import type { Sources } from "./pair.ts";
import type { TimeWindows } from "./time-window.ts";

/** A part of a file that both sides have, such as a section or a member, and how much of it differs. */
export interface Part {
  readonly name: string;
  /** The size on the left side in bytes, 0 if it has no such part; `right` likewise. */
  readonly left: number;
  readonly right: number;
  /** Bytes that differ at equal offsets within the part. */
  readonly differing: number;
}

/** What is known about two files that differ. */
export interface Findings {
  readonly causes: readonly Cause[];
  readonly parts?: readonly Part[];
  /** The first differing lines of a text, marked with `-` and `+`, or the output of another program about the files. */
  readonly excerpts?: readonly Excerpt[];
}

/** Lines that show the difference at one place. */
export interface Excerpt {
  readonly place: string;
  /** The program that produced the lines: this one, or `diffoscope`. */
  readonly source: "lines" | "diffoscope";
  readonly lines: readonly string[];
}

/** Compares two files or two parts of files. */
export type Explain = (sources: Sources, context: Context) => Promise<Findings>;

/** What an explainer of a format needs to compare the contents of a file. */
export interface Context {
  /** Written before each place, such as `member a.o, `. */
  readonly place: string;
  /** An existing folder for unpacked files; the caller that made it removes it. */
  readonly scratch: string;
  /** How many archives or compressed files contain this one. */
  readonly depth: number;
  readonly windows: TimeWindows;
  readonly signal?: AbortSignal | undefined;
  /** Compares two contained files, whatever their formats. */
  readonly explain: Explain;
  /** Records what could not be compared, and why. */
  readonly warn: (message: string) => void;
}

/** The context of a file that is contained in the compared one. */
export function inside(context: Context, name: string): Context {
  return { ...context, place: `${context.place}${name}`, depth: context.depth + 1 };
}

/** The findings of several parts of a file together. */
export function joinFindings(all: readonly Findings[]): Findings {
  return {
    causes: all.flatMap(({ causes }) => causes),
    parts: all.flatMap(({ parts = [] }) => parts),
    excerpts: all.flatMap(({ excerpts = [] }) => excerpts),
  };
}
