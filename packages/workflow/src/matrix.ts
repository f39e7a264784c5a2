import type { YamlNode } from "@release-actions/yaml";

/** One job of a matrix: the value of each axis. */
export type Combination = Readonly<Record<string, unknown>>;

/** GitHub starts at most this many jobs from one matrix. */
const MAX_COMBINATIONS = 256;

/**
 * Expands a `strategy.matrix` to its jobs (docs: "Running variations of jobs in a workflow"). Undefined when the jobs are
 * known only in a run, because the matrix or an axis is an expression.
 */
export function expandMatrix(matrix: YamlNode): readonly Combination[] | undefined {
  if (!matrix.isPresent) return [{}];
  if (!matrix.isMap) return undefined;
  let combinations: Record<string, unknown>[] = [{}];
  for (const [axis, node] of matrix.entries()) {
    if (axis === "include" || axis === "exclude") {
      if (!node.isList) return undefined;
      continue;
    }
    if (!node.isList) return undefined;
    const values = node.items().map((item) => item.value);
    combinations = combinations.flatMap((job) => values.map((value) => ({ ...job, [axis]: value })));
    if (combinations.length > MAX_COMBINATIONS) return undefined;
  }
  const hasAxes = matrix.entries().some(([axis]) => axis !== "include" && axis !== "exclude");
  const excluded = records(matrix.get("exclude"));
  const kept = combinations.filter((job) => !excluded.some((pattern) => covers(job, pattern)));
  return includeExtras(hasAxes ? kept : [], records(matrix.get("include")));
}

/** Whether a job has all values of the pattern. */
export function covers(job: Combination, pattern: Combination): boolean {
  return Object.entries(pattern).every(([axis, value]) => isSame(job[axis], value));
}

/** Applies `include`. An entry extends each job whose original axes it does not contradict; if there is none, it becomes a new job. */
function includeExtras(jobs: readonly Combination[], includes: readonly Combination[]): Combination[] {
  const result = jobs.map((job) => ({ original: job, extended: { ...job } }));
  const added: Combination[] = [];
  for (const include of includes) {
    const fitting = result.filter(({ original }) => {
      return Object.entries(include).every(([axis, value]) => !(axis in original) || isSame(original[axis], value));
    });
    for (const { extended } of fitting) Object.assign(extended, include);
    if (fitting.length === 0) added.push(include);
  }
  return [...result.map(({ extended }) => extended), ...added];
}

function records(node: YamlNode): Combination[] {
  return node
    .items()
    .filter((item) => item.isMap)
    .map((item) => Object.fromEntries(item.entries().map(([key, value]) => [key, value.value])));
}

/** Compares values with their types: in YAML `3.10` is the number 3.1, which is not the string `"3.10"`. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
