import type { YamlNode } from "@release-actions/workflow";
import { matches } from "../language/automaton.ts";
import { filterPattern } from "../language/patterns.ts";
import type { Filter } from "../variable.ts";

/** The filter for one kind of ref; undefined when there is none. */
export function filterOf(filters: YamlNode, kind: "branches" | "tags"): Filter | undefined {
  const [only, ignored] = [filters.get(kind), filters.get(`${kind}-ignore`)];
  if (only.isPresent) return { patterns: only.texts(), ignores: false };
  if (ignored.isPresent) return { patterns: ignored.texts(), ignores: true };
  return undefined;
}

/**
 * Whether a filter accepts a name (docs: "Workflow syntax", "Using filters"). The last matching pattern decides, and a
 * pattern with `!` excludes names that earlier patterns accepted.
 */
export function passesFilter(filter: Filter, name: string): boolean {
  let matched = false;
  for (const pattern of filter.patterns) {
    const isNegated = pattern.startsWith("!");
    if (matches(filterPattern(isNegated ? pattern.slice(1) : pattern), name)) matched = !isNegated;
  }
  return matched !== filter.ignores;
}

/** Whether a `push` trigger starts for branches or tags. With a filter for only one of them, it does not start for the other. */
export function startsFor(filters: YamlNode, kind: "branches" | "tags"): boolean {
  const other = kind === "branches" ? "tags" : "branches";
  return filterOf(filters, kind) !== undefined || filterOf(filters, other) === undefined;
}
