import type { Problem } from "./problem.ts";

/** How far a long piece of work has come. `total` is undefined while nobody knows. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: "bytes" | "items";
}

/** What packages say while they work. Who listens (a runner, a terminal, a test) is not their business. */
export interface Reporter {
  debug(message: string): void;
  info(message: string): void;
  problem(problem: Problem): void;
  /** May be called as often as there is news; the listener decides how much of it to show. */
  progress(progress: Progress): void;
}

/** Swallows everything: for callers that only want the result. */
export const silentReporter: Reporter = {
  debug: () => undefined,
  info: () => undefined,
  problem: () => undefined,
  progress: () => undefined,
};
