import type { RandomAccessSource } from "@release-actions/archive";
import type { Cause } from "./cause.ts";
import type { TimeWindows } from "./time-window.ts";

/** A part of a file that both sides have, such as a section or a member, and how much of it differs. */
export interface Part {
  readonly name: string;
  /** In bytes; 0 where the side has no such part. */
  readonly left: number;
  readonly right: number;
  /** Bytes that differ at equal offsets within the part. */
  readonly differing: number;
}

/** What is known of two files that differ. */
export interface Findings {
  readonly causes: readonly Cause[];
  readonly parts: readonly Part[];
  /** The first differing lines of a text, `-` and `+` before them, or what another program says of the files. */
  readonly excerpts?: readonly Excerpt[];
}

/** Lines that show a difference in a place. */
export interface Excerpt {
  readonly place: string;
  /** Who says it: this program, or `diffoscope`. */
  readonly source: "lines" | "diffoscope";
  readonly lines: readonly string[];
}

/** What the explainers of formats need for what is inside. */
export interface Context {
  /** Written before each place, such as `member a.o, `. */
  readonly place: string;
  /** An existing folder for what must be unpacked; whoever made it removes it. */
  readonly scratch: string;
  /** How many files lie around this one. */
  readonly depth: number;
  readonly windows: TimeWindows;
  readonly signal?: AbortSignal | undefined;
  /** Explains what is inside, format by format. */
  explain(left: RandomAccessSource, right: RandomAccessSource, context: Context): Promise<Findings>;
  /** Takes note of what could not be looked into, and why. */
  warn(message: string): void;
}
