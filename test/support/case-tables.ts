import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** Reads the lists of cases in a file of test/fixtures/cases. The file's first lines explain the fields. */
export function readCases<Tables>(file: string): Tables {
  return parse(readFileSync(path.join(import.meta.dirname, "../fixtures/cases", file), "utf8"));
}
