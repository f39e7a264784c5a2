import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { RepositoryFile } from "./repository-files.ts";

/** A `run:` of a composite action, which actionlint does not check. */
export interface CompositeScript {
  readonly file: string;
  /** The line number of the script's first line in the file. */
  readonly line: number;
  readonly shell: string;
  /** The variables that the step's `env` sets. */
  readonly env: readonly string[];
  /** The script, in which a word replaces each expression, because shellcheck cannot read them. */
  readonly script: string;
}

/** The shell scripts of a composite action. Other kinds of actions have none. */
export function compositeScripts({ file, text }: RepositoryFile): CompositeScript[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.getIn(["runs", "using"]) !== "composite") return [];
  const found: CompositeScript[] = [];
  const steps = document.getIn(["runs", "steps"]);
  if (!isSeq(steps)) return [];
  visit(steps, {
    Map(_key, step) {
      const script = step.get("run", true);
      if (!isMap(step) || !isScalar(script) || script.range == null) return;
      const env = step.get("env");
      const isBlock = script.type === "BLOCK_LITERAL" || script.type === "BLOCK_FOLDED";
      found.push({
        file,
        line: lines.linePos(script.range[0]).line + (isBlock ? 1 : 0),
        shell: String(step.get("shell") ?? ""),
        env: isMap(env) ? env.items.map(({ key }) => String(key)) : [],
        script: String(script.value).replaceAll(/\$\{\{.*?\}\}/gs, "EXPRESSION"),
      });
    },
  });
  return found;
}
