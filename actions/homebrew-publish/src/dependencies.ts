import { formulaPlace, parseFormula, type Tap } from "@release-actions/homebrew";
import type { Problem } from "@release-actions/report";
import type { Source } from "./collect.ts";

/**
 * What people call a tap: `acme/tap` for `acme/homebrew-tap`. Another repository is called by its own name, once
 * `brew tap acme/widget <url>` was said.
 */
export function tapName(url: string): string | undefined {
  const [, owner, repository] = /[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/*$/.exec(url) ?? [];
  return owner === undefined || repository === undefined
    ? undefined
    : `${owner}/${repository.replace(/^homebrew-/i, "")}`.toLowerCase();
}

/** The formulae of taps that a formula needs, by their full names. Homebrew trusts only what is named. */
export function requiredOf(text: string, file: string): readonly string[] {
  const names = parseFormula(text, file).dependencies.map(({ value }) => value);
  return names.filter((name) => /^[^/]+\/[^/]+\/[^/]+$/.test(name) && !/^homebrew\//i.test(name));
}

/**
 * Homebrew takes a short name from homebrew/core, and since version 6 from no tap that is not trusted. A formula of the
 * tap itself must be there before the one that needs it.
 */
export async function findDependencyProblems(
  tap: Tap,
  own: string | undefined,
  sources: readonly Source[],
): Promise<readonly Problem[]> {
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
        problems.push({
          level: "error",
          title: "homebrew-publish",
          message: `${source.file} needs ${value}, which the tap does not have`,
          location,
        });
      } else if (place === undefined && isThere && own !== undefined) {
        const message = `${source.file} needs \`${value}\`, which is a formula of this tap: write \`${own}/${value}\`, as Homebrew loads no short name from a tap that is not trusted`;
        problems.push({ level: "warning", title: "homebrew-publish", message, location });
      }
    }
  }
  return problems;
}
