// Which mutants the code that has just run would have reached.

import type { Profiler } from "node:inspector/promises";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutants.ts";

export class Coverage {
  readonly #session = new Session();
  readonly #mutants: Map<string, { readonly index: number; readonly reachedAt: number }[]>;

  constructor(mutants: readonly Mutant[]) {
    const numbered = mutants.map(({ file, reachedAt }, index) => ({ file, reachedAt, index }));
    this.#mutants = Map.groupBy(numbered, ({ file }) => file);
  }

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** The mutants, by their place in the list, that were reached since the last call. */
  async take(): Promise<readonly number[]> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    return result.flatMap(({ url, functions }) => {
      const mutants = url.startsWith("file:") ? this.#mutants.get(fileURLToPath(url.replace(/\?.*/, ""))) : undefined;
      return (mutants ?? []).filter(({ reachedAt }) => isCovered(functions, reachedAt)).map(({ index }) => index);
    });
  }

  stop(): void {
    this.#session.disconnect();
  }
}

/** The innermost range counts: a branch that was not taken lies within a function that ran. */
function isCovered(functions: readonly Profiler.FunctionCoverage[], place: number): boolean {
  let innermost: Profiler.CoverageRange | undefined;
  for (const range of functions.flatMap(({ ranges }) => ranges)) {
    if (range.startOffset > place || range.endOffset <= place) continue;
    const size = range.endOffset - range.startOffset;
    if (innermost === undefined || size <= innermost.endOffset - innermost.startOffset) innermost = range;
  }
  return (innermost?.count ?? 0) > 0;
}
