import { variablesWrittenTo } from "@release-actions/shell";
import { isScalar, visit } from "yaml";
import type { Site } from "../fact.ts";
import type { Repository } from "../locate/repository.ts";
import { yamlScript } from "../locate/script.ts";

/** A variable that a step's script writes into GITHUB_ENV: what a later step sees. */
export interface ExportedVariable {
  readonly name: string;
  readonly site: Site;
  /** The edit that sets another variable in a line of its own below this one; nothing where no line could be copied. */
  readonly addBelow: (name: string, value: string) => { start: number; end: number; text: string } | undefined;
}

/** The variables whose values are written out in the scripts of a workflow or a list of steps. */
export function exportedVariables(repository: Repository, file: string): ExportedVariable[] {
  const yaml = repository.yaml(file);
  const found: ExportedVariable[] = [];
  visit(yaml.document, {
    Pair(_key, pair) {
      if (!isScalar(pair.key) || pair.key.value !== "run" || !isScalar(pair.value)) return;
      const run = yamlScript(yaml, pair.value);
      for (const { name, value, start, isVerbatim } of variablesWrittenTo("GITHUB_ENV", run.text)) {
        if (value === undefined) continue;
        const site = run.site(value, start, isVerbatim);
        found.push({ name, site, addBelow: (other, text) => copyLine(yaml.text, site, name, other, text) });
      }
    },
  });
  return found;
}

/** Repeats the line of a variable for another one; only a line that sets this one alone can be. */
function copyLine(text: string, { value, location }: Site, name: string, other: string, next: string) {
  const lines = text.split("\n");
  const line = lines[(location?.line ?? 0) - 1];
  if (line === undefined || !line.includes(`${name}=`) || /^\s*-/.test(line) || /\brun:/.test(line)) return undefined;
  const end = lines.slice(0, location?.line).join("\n").length;
  const copied = line.replace(`${name}=`, () => `${other}=`).replace(value, () => next);
  return { start: end, end, text: `\n${copied}` };
}
