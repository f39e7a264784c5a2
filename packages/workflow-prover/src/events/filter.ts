import type { YamlNode } from "@release-actions/workflow";
import { matches } from "../language/automaton.ts";
import { filterPattern } from "../language/patterns.ts";
import type { Filter } from "../variable.ts";

/** The filter of one kind of ref; undefined where there is none. */
export function filterOf(filters: YamlNode, kind: "branches" | "tags"): Filter | undefined {
  const [only, ignored] = [filters.get(kind), filters.get(`${kind}-ignore`)];
  if (only.isPresent) return { patterns: only.texts(), ignores: false };
  if (ignored.isPresent) return { patterns: ignored.texts(), ignores: true };
  return undefined;
}

/**
 * Whether a filter lets a name through (docs: "Workflow syntax", "Using filters"): of several patterns the last that
 * matches decides, and one with `!` takes back what those before it allowed.
 */
export function passesFilter(filter: Filter, name: string): boolean {
  let matched = false;
  for (const pattern of filter.patterns) {
    const isNegated = pattern.startsWith("!");
    if (matches(filterPattern(isNegated ? pattern.slice(1) : pattern), name)) matched = !isNegated;
  }
  return matched !== filter.ignores;
}

/** A `push` that filters for branches alone does not start for tags, and the other way round. */
export function startsFor(filters: YamlNode, kind: "branches" | "tags"): boolean {
  const other = kind === "branches" ? "tags" : "branches";
  return filterOf(filters, kind) !== undefined || filterOf(filters, other) === undefined;
}
