import { cached } from "../cached.ts";

/** A state of an automaton. Equal states have equal strings. */
export type State = string;

/**
 * A set of strings, as a finite automaton that reads one character at a time. Each test on a string in a condition (`==`,
 * `startsWith`, `contains`, a filter of `on`) describes such a set, so it can be computed whether several tests can be
 * true together.
 */
export interface Automaton {
  readonly start: State;
  next(state: State, character: string): State;
  accepts(state: State): boolean;
  /** The characters that the automaton distinguishes. It treats all other characters alike. */
  readonly characters: ReadonlySet<string>;
}

/** One element of a pattern: the characters that it matches, and whether it is optional or may repeat. */
export interface Element {
  readonly takes: (character: string) => boolean;
  readonly optional?: boolean;
  readonly repeats?: boolean;
}

export const ANYTHING: Element = { takes: () => true, optional: true, repeats: true };

/** The state from which no string is accepted. */
const DEAD: State = "";

/** An automaton for a sequence of elements. Its state is the set of positions that it may have reached. */
export function sequence(elements: readonly Element[], characters: Iterable<string>): Automaton {
  const closure = (positions: Iterable<number>): State => {
    const reached = new Set(positions);
    // A set is iterated over what is added on the way, too.
    for (const position of reached) if (elements[position]?.optional === true) reached.add(position + 1);
    return [...reached].sort((a, b) => a - b).join(" ");
  };
  const advance = (state: State, character: string): State => {
    const reached = state.split(" ").flatMap((text) => {
      const position = Number(text);
      const element = elements[position];
      if (element?.takes(character) !== true) return [];
      return element.repeats === true ? [position, position + 1] : [position + 1];
    });
    return closure(reached);
  };
  // Cached: there are few states and characters, and each text that is tried needs them again.
  const known = new Map<State, Map<string, State>>();
  return {
    start: closure([0]),
    next: (state, character) => {
      if (state === DEAD) return DEAD;
      const row = cached(known, state, () => new Map<string, State>());
      return cached(row, character, () => advance(state, character));
    },
    accepts: (state) => state !== DEAD && state.split(" ").includes(String(elements.length)),
    characters: new Set(characters),
  };
}

export function matches(automaton: Automaton, text: string): boolean {
  let state = automaton.start;
  for (const character of text) state = automaton.next(state, character);
  return automaton.accepts(state);
}

/** The texts that are in one set or the other. */
export function eitherOf(one: Automaton, other: Automaton): Automaton {
  const pair = (a: State, b: State): State => `${a}|${b}`;
  const halves = (state: State): [State, State] => {
    const at = state.indexOf("|");
    return [state.slice(0, at), state.slice(at + 1)];
  };
  return {
    start: pair(one.start, other.start),
    next: (state, character) => {
      const [a, b] = halves(state);
      return pair(one.next(a, character), other.next(b, character));
    },
    accepts: (state) => {
      const [a, b] = halves(state);
      return one.accepts(a) || other.accepts(b);
    },
    characters: new Set([...one.characters, ...other.characters]),
  };
}

/** The texts that are in the set once `prefix` and `suffix` are added to them. */
export function between(prefix: string, inner: Automaton, suffix: string): Automaton {
  const run = (from: State, text: string): State => [...text].reduce((state, c) => inner.next(state, c), from);
  return {
    start: run(inner.start, prefix),
    next: (state, character) => inner.next(state, character),
    accepts: (state) => inner.accepts(run(state, suffix)),
    characters: inner.characters,
  };
}

/** The texts `owner/name` whose owner, or whose name, is in the set. */
export function halfOf(half: "owner" | "name", inner: Automaton): Automaton {
  return {
    start: half === "owner" ? `o${inner.start}` : "o",
    next: (state, character) => {
      const rest = state.slice(1);
      if (state.startsWith("o")) {
        if (character === "/") return half === "owner" ? (inner.accepts(rest) ? "yes" : "no") : `n${inner.start}`;
        return half === "owner" ? `o${inner.next(rest, character)}` : "o";
      }
      return state.startsWith("n") && half === "name" ? `n${inner.next(rest, character)}` : state;
    },
    accepts: (state) => (half === "owner" ? state === "yes" : state.startsWith("n") && inner.accepts(state.slice(1))),
    characters: new Set([...inner.characters, "/"]),
  };
}
