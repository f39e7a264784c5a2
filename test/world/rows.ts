import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/**
 * Reads a table of this folder that people wrote: a list of rows in YAML.
 *
 * @throws Error when a row has a field that is not one of `fields`, and would therefore not be tested
 */
export function readRows<Row>(file: string, fields: readonly (keyof Row & string)[]): readonly Row[] {
  const rows: Row[] = parse(readFileSync(path.join(import.meta.dirname, file), "utf8"));
  const unknown = rows.flatMap((row) => Object.keys(Object(row)).filter((key) => !fields.some((one) => one === key)));
  if (unknown.length > 0) throw new Error(`${file} has unknown fields: ${unknown.join(", ")}`);
  return rows;
}
