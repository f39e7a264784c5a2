import { formulaPlace, parseFormula, type Tap } from "@release-actions/homebrew";
import type { Problem } from "@release-actions/report";
import type { Source } from "./collect.ts";

/**
 * The name of a tap: `acme/tap` for `acme/homebrew-tap`. A repository without that prefix has its own name as a tap,
 * after `brew tap acme/widget <url>`.
 */
export function tapName(url: string): string | undefined {
  const [, owner, repository] = /[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/*$/.exec(url) ?? [];
  return owner === undefined || repository === undefined
    ? undefined
    : `${owner}/${repository.replace(/^homebrew-/i, "")}`.toLowerCase();
}

/** The full names of formulae from taps that a formula needs. Homebrew trusts only formulae that are named in full. */
export function requiredOf(text: string, file: string): readonly string[] {
  const names = parseFormula(text, file).dependencies.map(({ value }) => value);
  return names.filter((name) => /^[^/]+\/[^/]+\/[^/]+$/.test(name) && !/^homebrew\//i.test(name));
}

/**
 * Finds dependencies that Homebrew could not load. It finds short names in homebrew/core and, since version 6, not in
 * taps that are not trusted. A formula of this tap must be in it before another one can need it.
 */
export async function findDependencyProblems(tap: Tap, sources: readonly Source[]): Promise<readonly Problem[]> {
  const own = tapName(tap.access.url);
  const released = new Set(sources.map(({ file }) => file.toLowerCase()));
  const problems: Problem[] = [];
  for (const source of sources) {
    for (const { value, line } of parseFormula(source.text, source.file).dependencies) {
      const [, place, formula = ""] = /^(?:(.+)\/)?([^/]+)$/.exec(value) ?? [];
      if (place !== undefined && place.toLowerCase() !== own) continue;
      const file = `${formula.toLowerCase()}.rb`;
      const isThere = released.has(file) || (await formulaPlace(tap, file)).current !== undefined;
      const location = { file: source.file, line };
      if (place !== undefined && !isThere) {
        const message = `${source.file} needs ${value}, which the tap does not have`;
        problems.push({ level: "error", title: "homebrew-publish", message, location });
      } else if (place === undefined && isThere && own !== undefined) {
        const message = `${source.file} needs \`${value}\`, which is a formula of this tap: write \`${own}/${value}\`, because Homebrew does not load short names from a tap that is not trusted`;
        problems.push({ level: "warning", title: "homebrew-publish", message, location });
      }
    }
  }
  return problems;
}
