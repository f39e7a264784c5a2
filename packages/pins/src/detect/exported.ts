import { plainSite, type Site } from "../fact.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarPairs } from "../locate/yaml-file.ts";

/** `echo "NAME=value" >> $GITHUB_ENV` in a script: what a later step sees. */
export interface ExportedVariable {
  readonly name: string;
  readonly site: Site;
  /** The edit that sets another variable in a line of its own below this one. */
  readonly addBelow: (name: string, value: string) => { start: number; end: number; text: string };
}

const ECHO =
  /^[ \t]*(?:-[ \t]+(?:run:[ \t]*)?)?(?:run:[ \t]*)?(?:\{[ \t]*)?echo[ \t]+(["']?)([A-Za-z_]\w*)=(.*?)\1[ \t]*(?:;[ \t]*\}?[ \t]*)?(?:>>.*)?$/gm;

/** The variables that a workflow's or a list of steps' scripts put into GITHUB_ENV. */
export function exportedVariables(repository: Repository, file: string): ExportedVariable[] {
  const yaml = repository.yaml(file);
  return scalarPairs(yaml).flatMap(({ path, scalar }) => {
    const [start = 0, end = 0] = scalar.range ?? [];
    const source = yaml.text.slice(start, end);
    if (path.at(-1) !== "run" || !source.includes("GITHUB_ENV")) return [];
    return [...source.matchAll(ECHO)].flatMap((match): ExportedVariable[] => {
      const [line, quote = "", name = "", value = ""] = match;
      if (value.includes("${{") || (value.includes("$") && quote !== "'")) return [];
      const at = start + match.index + line.indexOf(`${name}=`) + name.length + 1;
      const lineEnd = start + match.index + line.length;
      const site = plainSite({
        value,
        location: yaml.locate(at),
        rewrite: (text) => ({ start: at, end: at + value.length, text }),
      });
      const copy = (other: string, text: string): string => line.replace(`${name}=${value}`, () => `${other}=${text}`);
      return [
        { name, site, addBelow: (other, text) => ({ start: lineEnd, end: lineEnd, text: `\n${copy(other, text)}` }) },
      ];
    });
  });
}
