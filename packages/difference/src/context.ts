import type { RandomAccessSource } from "@release-actions/archive";
import type { Cause } from "./cause.ts";
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
  readonly parts: readonly Part[];
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
  explain(left: RandomAccessSource, right: RandomAccessSource, context: Context): Promise<Findings>;
  /** Records what could not be compared, and why. */
  warn(message: string): void;
}
