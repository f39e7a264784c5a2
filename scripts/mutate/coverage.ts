// Determines which mutants are in code that has just run.
import { readFileSync } from "node:fs";
import type { Profiler } from "node:inspector/promises";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Mutant } from "./mutants.ts";

export class Coverage {
  readonly #session = new Session();
  readonly #mutants: Map<string, { readonly index: number; readonly reachedAt: number }[]>;
  readonly #branches: ReadonlyMap<string, Branches>;

  constructor(mutants: readonly Mutant[]) {
    const numbered = mutants.map(({ file, reachedAt }, index) => ({ file, reachedAt, index }));
    this.#mutants = Map.groupBy(numbered, ({ file }) => file);
    const files = [...this.#mutants.keys()];
    this.#branches = new Map(files.map((file) => [file, new Branches(readFileSync(file, "utf8"))]));
  }

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#count();
  }

  /** V8 does not count the calls of a function that it has optimized, and this call makes it drop all optimized code. */
  async #count(): Promise<void> {
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** The indexes of the mutants that were reached since the last call. */
  async take(): Promise<readonly number[]> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    await this.#count();
    return result.flatMap(({ url, functions }) => {
      const file = url.startsWith("file:") ? fileURLToPath(url.replace(/\?.*/, "")) : "";
      const mutants = this.#mutants.get(file) ?? [];
      const ranges = functions.flatMap((covered) => covered.ranges);
      const corrected = this.#branches.get(file)?.correct(ranges) ?? ranges;
      return mutants.filter(({ reachedAt }) => isCovered(corrected, reachedAt)).map(({ index }) => index);
    });
  }

  stop(): void {
    this.#session.disconnect();
  }
}

/**
 * Corrects V8's coverage of code after an `await` in a branch of `a ? b : c`. V8 counts the code after an `await`
 * separately. If that branch was not taken, V8 also reports the code after the whole expression as not run, although the
 * other branch leads there. It reports that code as a separate range, or extends the range of the branch over it.
 */
class Branches {
  readonly #source: string;
  /** The ends of the branches, by the offset of their `?` or `:`. */
  readonly #ends = new Map<number, number>();
  readonly #awaitEnds = new Set<number>();

  constructor(source: string) {
    this.#source = source;
    const tree = ts.createSourceFile("", source, ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isConditionalExpression(node)) {
        this.#ends.set(node.questionToken.getStart(tree), node.whenTrue.end);
        this.#ends.set(node.colonToken.getStart(tree), node.end);
      }
      if (ts.isAwaitExpression(node)) this.#awaitEnds.add(node.end);
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }

  correct(ranges: readonly Profiler.CoverageRange[]): readonly Profiler.CoverageRange[] {
    return ranges
      .filter(({ count, startOffset }) => count > 0 || !this.#isBehindAwait(startOffset))
      .map((range) => ({
        ...range,
        endOffset: Math.min(range.endOffset, this.#ends.get(range.startOffset) ?? range.endOffset),
      }));
  }

  #isBehindAwait(offset: number): boolean {
    let at = offset;
    while (!this.#awaitEnds.has(at) && /[\s;)]/.test(this.#source[at - 1] ?? "")) at -= 1;
    return this.#awaitEnds.has(at);
  }
}

/** Whether a place ran. The innermost range decides, because a function that ran may contain a branch that did not. */
function isCovered(ranges: readonly Profiler.CoverageRange[], place: number): boolean {
  let innermost: Profiler.CoverageRange | undefined;
  for (const range of ranges) {
    if (range.startOffset > place || range.endOffset <= place) continue;
    const size = range.endOffset - range.startOffset;
    if (innermost === undefined || size <= innermost.endOffset - innermost.startOffset) innermost = range;
  }
  return (innermost?.count ?? 0) > 0;
}
