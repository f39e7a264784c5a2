import type { NamedCause } from "@release-actions/reproducibility";
import type { Dependence } from "./find-variations.ts";
import { VARIATION_REMEDIES, VARIATIONS, type Variation } from "./variation.ts";

/** A cause that the bisection found, with its words from the input `vary`. */
export interface DependenceCause extends NamedCause {
  readonly words: readonly string[];
}

/** @param contents the causes that were found in the products */
export function dependenceCauses(dependence: Dependence, contents: readonly NamedCause[] = []): DependenceCause[] {
  const base = { file: "", place: "", left: "", right: "", count: 1 };
  if (dependence.kind === "unsteady") {
    // Even in the same environment, the clock and the access times of files differ between two builds.
    if (contents.length > 0 && contents.every(({ kind }) => kind === "timestamp")) {
      const title = `the build depends on ${VARIATIONS.time}, or on when files were last read`;
      const remedy = `${VARIATION_REMEDIES.time} Leave out the access times of files.`;
      return [{ ...base, kind: "depends-on:time", title, remedy, words: ["time"] }];
    }
    const hasTime = contents.some(({ kind }) => kind === "timestamp");
    const remedy =
      "Look for random numbers (a hasher with random keys, a random macro, a UUID), for the order in which threads finish, and for the clock: two builds in the same folder and environment differ.";
    const words = hasTime ? ["time-or-chance"] : ["chance"];
    return [{ ...base, kind: `depends-on:${words[0]}`, title: "the build differs by itself", remedy, words }];
  }
  return dependence.causes.map(({ parts }) => ({
    ...base,
    kind: `depends-on:${parts.join("+")}`,
    title: `the build depends on ${parts.map((part) => VARIATIONS[part]).join(" together with ")}`,
    remedy: parts.map((part: Variation) => VARIATION_REMEDIES[part]).join(" "),
    words: parts,
  }));
}

/** The result of the search and its effort, one sentence per line. */
export function describeDependence(dependence: Dependence): string[] {
  if (dependence.kind === "unsteady")
    return ["Two builds differ even if nothing is varied: the cause is chance or time, not the environment."];
  const { causes, builds, unfinished } = dependence;
  const lines = causes.map(({ parts }) => {
    const words = parts.map((part) => `\`${part}\``).join(" and ");
    return parts.length === 1
      ? `If only ${words} changes, the builds differ.`
      : `If ${words} change together, the builds differ; if only one of them changes, the builds are equal.`;
  });
  if (causes.at(-1)?.isOnly === true) lines.push("If everything else changes, the builds are equal.");
  if (unfinished === "too many builds") lines.push("The search ended at `max-builds`; there may be more causes.");
  if (unfinished === "the builds contradict each other")
    lines.push(
      "The difference did not appear again when the search changed the same things: it may be chance or time.",
    );
  return [...lines, `The search took ${builds} builds.`];
}
