import { cached } from "./cached.ts";
import { passesFilter } from "./events/filter.ts";
import { witnessesOf } from "./language/classes.ts";
import { DOMAINS, type Domain, FAMILIAR } from "./language/domains.ts";
import { filterPattern } from "./language/patterns.ts";
import type { Term } from "./term.ts";
import type { Terms } from "./terms.ts";
import type { Value, Variable } from "./variable.ts";

/** The values to try for a variable. */
export interface Candidates {
  readonly values: readonly Value[];
  /** Why a value that is not tried could change the result; undefined when none can. */
  readonly open: string | undefined;
}

/** For lists with more names than this, not all combinations are tried. */
const MAX_LIST = 4;

/** The values to try for each variable that conditions read: one for every combination of answers that the conditions can give. */
export class CandidateTable {
  readonly #terms: Terms;
  readonly #known = new Map<string, Candidates>();

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  of(variable: Variable): Candidates {
    return cached(this.#known, variable.key, () => this.#find(this.#terms.term(variable)));
  }

  #find(term: Term): Candidates {
    const { type } = term.variable;
    switch (type.kind) {
      case "choice":
        return { values: type.values, open: undefined };
      case "number": {
        const numbers = [...term.numbers].flatMap((number) => [number, number + 1, number - 1]);
        const values = [...new Set([1, 2, ...numbers])].filter((number) => number >= type.least);
        return { values, open: term.open };
      }
      case "list":
        return listCandidates(term);
      case "text":
        return this.#texts(term, type.domain);
      case "any": {
        const texts = this.#texts(term, "text");
        const numbers = [...term.numbers].flatMap((number) => [number - 1, number, number + 1]);
        return { values: [...texts.values, true, false, null, ...new Set(numbers)], open: texts.open };
      }
    }
  }

  #texts(term: Term, domain: Domain): Candidates {
    const group = this.#groupOf(term);
    const filter = term.variable.type.kind === "text" ? term.variable.type.filter : undefined;
    const predicates = group.flatMap((member) => member.predicates);
    const patterns = group.flatMap(({ variable }) =>
      variable.type.kind === "text" ? (variable.type.filter?.patterns ?? []) : [],
    );
    const automata = patterns.map((pattern) => filterPattern(pattern.replace(/^!/, "")));
    const own = [...group.flatMap(({ texts }) => [...texts]), ...term.numbers].map(String);
    // Texts that all members of the group can have come first, so that the members can be equal.
    const domains = DOMAIN_ORDER.filter((name) => name === domain || group.some((member) => domainOf(member) === name));
    const familiar = [...domains.flatMap((name) => FAMILIAR[name]), ...own, ...patterns.map(exampleOf)];
    const { texts, isComplete } = witnessesOf(DOMAINS[domain], [...automata, ...predicates], familiar, group.length);
    const values = texts.filter((text) => filter === undefined || passesFilter(filter, text));
    return {
      values,
      open: term.open ?? (isComplete ? undefined : "occurs in too many comparisons to try all of them"),
    };
  }

  /** A term and all terms that it is compared with, directly or through others. */
  #groupOf(term: Term): Term[] {
    const group = new Map<string, Term>();
    const queue = [term];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (group.has(next.variable.key)) continue;
      group.set(next.variable.key, next);
      for (const key of next.links) {
        const linked = this.#terms.all.get(key);
        if (linked !== undefined) queue.push(linked);
      }
    }
    return [...group.values()];
  }
}

/** The domains, the narrowest first. */
const DOMAIN_ORDER: readonly Domain[] = ["digits", "login", "repository", "ref", "text"];

function domainOf({ variable }: Term): Domain | undefined {
  return variable.type.kind === "text" ? variable.type.domain : undefined;
}

function listCandidates(term: Term): Candidates {
  const names = [...term.texts];
  if (names.length > MAX_LIST) {
    // There are too many combinations. Lists with one name, no name and all names are most likely to matter. Lists are written as JSON.
    const lists = [[], ["another"], ...names.map((name) => [name]), names];
    return { values: lists.map((list) => JSON.stringify(list)), open: "is compared with many names at once" };
  }
  const lists: string[][] = [[], ["another"]];
  for (const name of names) lists.push(...lists.map((list) => [...list, name]));
  return { values: lists.map((list) => JSON.stringify(list)), open: term.open };
}

/** A name that the filter probably accepts. */
function exampleOf(pattern: string): string {
  return pattern
    .replace(/^!/, "")
    .replace(/\*\*?/g, "x")
    .replace(/\[(.)[^\]]*\]/g, (_, character: string) => (character === "0" ? "1" : character))
    .replace(/[+?]/g, "");
}
