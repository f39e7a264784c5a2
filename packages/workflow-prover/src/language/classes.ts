import { type Automaton, matches, type State } from "./automaton.ts";

/** Example texts of a domain: one for every combination of answers that the predicates can give for a text of the domain. */
export interface Witnesses {
  readonly texts: readonly string[];
  /** False when there were too many states to visit, so that the text for a combination may be missing. */
  readonly isComplete: boolean;
}

/** The first of these that no predicate mentions stands for all unmentioned characters, which behave alike. */
const SPARE = [..."xyzqwkabcdefghijlmnoprstuvé_"];
const MAX_STATES = 6000;

interface Node {
  readonly text: string;
  readonly domain: State;
  readonly states: readonly State[];
}

/**
 * Runs the automata of the domain and of all predicates in parallel, breadth first, and so finds the shortest text for
 * each possible combination of answers.
 *
 * @param familiar texts to prefer
 * @param wanted the number of texts for each combination; they differ in more than case
 */
export function witnessesOf(
  domain: Automaton,
  predicates: readonly Automaton[],
  familiar: readonly string[],
  wanted: number,
): Witnesses {
  const found = new Map<string, string[]>();
  const note = (text: string, answersOf: (predicate: Automaton, index: number) => boolean): void => {
    const answers = predicates.map((predicate, index) => Number(answersOf(predicate, index))).join("");
    const texts = found.get(answers) ?? [];
    if (texts.length >= wanted || texts.some((known) => known.toUpperCase() === text.toUpperCase())) return;
    found.set(answers, [...texts, text]);
  };
  for (const text of familiar) if (matches(domain, text)) note(text, (predicate) => matches(predicate, text));
  const characters = alphabet([domain, ...predicates]);
  const visits = new Map<string, number>();
  let queue: Node[] = [{ text: "", domain: domain.start, states: predicates.map(({ start }) => start) }];
  let states = 0;
  while (queue.length > 0) {
    const following: Node[] = [];
    for (const node of queue) {
      if (domain.accepts(node.domain))
        note(node.text, (predicate, index) => predicate.accepts(node.states[index] ?? ""));
      for (const character of characters) {
        const reached = domain.next(node.domain, character);
        if (reached === "") continue;
        const next: Node = {
          text: node.text + character,
          domain: reached,
          states: predicates.map((predicate, n) => predicate.next(node.states[n] ?? "", character)),
        };
        const key = [next.domain, ...next.states].join("\0");
        const seen = visits.get(key) ?? 0;
        if (seen >= wanted) continue;
        visits.set(key, seen + 1);
        if (seen === 0) states += 1;
        if (states > MAX_STATES) return { texts: [...found.values()].flat(), isComplete: false };
        following.push(next);
      }
    }
    queue = following;
  }
  return { texts: [...found.values()].flat(), isComplete: true };
}

function alphabet(automata: readonly Automaton[]): string[] {
  const mentioned = new Set(automata.flatMap(({ characters }) => [...characters]));
  const folded = new Set([...mentioned].map((character) => character.toLowerCase()));
  const spare = SPARE.find((character) => !folded.has(character));
  return [...mentioned, ...(spare === undefined ? [] : [spare])];
}
