import { globSync } from "node:fs";
import path from "node:path";

/** A set of values files that are passed to Helm together. */
export interface ValueSet {
  /** The name for messages. */
  readonly name: string;
  readonly args: readonly string[];
  /** Only the chart's own values. */
  readonly isDefault: boolean;
}

/**
 * The sets of values for linting and rendering a chart: those of the input (one set per line, its files separated by
 * commas), else each of `ci/*-values.yaml` as in chart-testing, else only the defaults.
 */
export async function valueSets(lines: readonly string[], folder: string): Promise<readonly ValueSet[]> {
  const own = globSync("ci/*-values.yaml", { cwd: folder }).sort();
  const given = lines.map((line) => line.split(",").map((file) => path.resolve(file.trim())));
  const found = own.map((file) => [path.join(folder, file)]);
  const sets = given.length > 0 ? given : found;
  if (sets.length === 0) return [{ name: "its default values", args: [], isDefault: true }];
  return sets.map((files) => ({
    name: files.map((file) => path.relative(process.cwd(), file)).join(" and "),
    args: files.flatMap((file) => ["--values", file]),
    isDefault: false,
  }));
}
