import { ANYTHING, type Automaton, type Element, eitherOf, sequence } from "./automaton.ts";

/** The letters of a text, in either case: GitHub compares strings case-insensitively (docs: "Evaluate expressions", operators). */
function letters(text: string): Element[] {
  return [...text.toLowerCase()].map((wanted) => ({ takes: (character) => character.toLowerCase() === wanted }));
}

export function equalTo(text: string): Automaton {
  return sequence(letters(text), text.toLowerCase());
}

export function startingWith(text: string): Automaton {
  return sequence([...letters(text), ANYTHING], text.toLowerCase());
}

export function endingWith(text: string): Automaton {
  return sequence([ANYTHING, ...letters(text)], text.toLowerCase());
}

export function containing(text: string): Automaton {
  return sequence([ANYTHING, ...letters(text), ANYTHING], text.toLowerCase());
}

/** The substrings of a text, as in `contains('a b', github.actor)`. */
export function partOf(text: string): Automaton {
  const whole = text.toLowerCase();
  return {
    start: ":",
    next: (state, character) =>
      state !== "" && whole.includes(state.slice(1) + character.toLowerCase()) ? state + character.toLowerCase() : "",
    accepts: (state) => state !== "",
    characters: new Set(whole),
  };
}

/**
 * Compiles a filter pattern of `on` (docs: "Workflow syntax", filter pattern cheat sheet): `*` matches within a path
 * segment, `**` across segments, `?` and `+` follow a character, and `[...]` lists characters. Unlike conditions, filters
 * are case-sensitive. The caller must remove a leading `!`. A `**` followed by a slash also matches the empty string.
 */
export function filterPattern(pattern: string): Automaton {
  const plain = withoutAlternatives(pattern);
  const [before, after] = pattern.split(/(?<![^/])\*\*\/(.*)/s);
  return after === undefined ? plain : eitherOf(plain, withoutAlternatives(`${before}${after}`));
}

function withoutAlternatives(pattern: string): Automaton {
  const elements: Element[] = [];
  const characters = new Set<string>(["/"]);
  const parts = pattern.match(/\\.|\*\*|\*|\[[^\]]*\]|[\s\S]/g) ?? [];
  parts.forEach((part, index) => {
    const last = elements.at(-1);
    if (part === "**") elements.push(ANYTHING);
    else if (part === "*") elements.push({ takes: (character) => character !== "/", optional: true, repeats: true });
    else if ((part === "?" || part === "+") && index > 0 && last !== undefined) {
      elements[elements.length - 1] = { ...last, ...(part === "?" ? { optional: true } : { repeats: true }) };
    } else if (part.startsWith("[") && part.length > 1) {
      const listed = listedIn(part.slice(1, -1));
      for (const character of listed) characters.add(character);
      elements.push({ takes: (character) => listed.has(character) });
    } else {
      const wanted = part.length > 1 ? part.slice(1) : part;
      characters.add(wanted);
      elements.push({ takes: (character) => character === wanted });
    }
  });
  return sequence(elements, characters);
}

/** The characters that a list such as `[a-cx]` contains. */
function listedIn(text: string): Set<string> {
  const listed = new Set<string>();
  for (const [, from = "", to = from] of text.matchAll(/([\s\S])(?:-([\s\S]))?/g)) {
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) listed.add(String.fromCharCode(code));
  }
  return listed;
}
