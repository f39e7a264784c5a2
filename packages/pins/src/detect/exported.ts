import { variablesWrittenTo } from "@release-actions/shell";
import { isScalar, visit } from "yaml";
import type { Site } from "../fact.ts";
import type { Repository } from "../locate/repository.ts";
import { yamlScript } from "../locate/script.ts";

/** A variable that a step's script writes to GITHUB_ENV, so that later steps see it. */
export interface ExportedVariable {
  readonly name: string;
  readonly site: Site;
  /** The edit that sets another variable on a new line below this one; undefined when this line cannot be copied. */
  readonly addBelow: (name: string, value: string) => { start: number; end: number; text: string } | undefined;
}

/** The variables that the scripts of a workflow or a list of steps export with a literal value. */
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

/** Copies the line that sets a variable, for another variable. This works only for a line that sets nothing else. */
function copyLine(text: string, { value, location }: Site, name: string, other: string, next: string) {
  const lines = text.split("\n");
  const line = lines[(location?.line ?? 0) - 1];
  if (line === undefined || !line.includes(`${name}=`) || /^\s*-/.test(line) || /\brun:/.test(line)) return undefined;
  const end = lines.slice(0, location?.line).join("\n").length;
  const copied = line.replace(`${name}=`, () => `${other}=`).replace(value, () => next);
  return { start: end, end, text: `\n${copied}` };
}
