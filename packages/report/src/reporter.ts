import type { Problem } from "./problem.ts";

/** The progress of long work. `total` is undefined while it is unknown. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: "bytes" | "items";
}

/** Receives the messages of packages while they work. It may belong to a runner, a terminal or a test. */
export interface Reporter {
  debug(message: string): void;
  info(message: string): void;
  problem(problem: Problem): void;
  /** May be called as often as the progress changes; the implementation decides how much of it to show. */
  progress(progress: Progress): void;
}

/** Ignores all messages, for callers that need only the result. */
export const silentReporter: Reporter = {
  debug: () => undefined,
  info: () => undefined,
  problem: () => undefined,
  progress: () => undefined,
};
