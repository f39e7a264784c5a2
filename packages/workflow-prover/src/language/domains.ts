import { ANYTHING, type Automaton, type Element, sequence } from "./automaton.ts";

/** The set of texts that a value can have. */
export type Domain = "text" | "ref" | "repository" | "login" | "digits";

const some = (form: RegExp): Element => ({ takes: (character) => form.test(character), repeats: true });
const WORD = /[\w.-]/;

export const DOMAINS: Readonly<Record<Domain, Automaton>> = {
  text: sequence([ANYTHING], []),
  ref: refName(),
  repository: sequence([some(WORD), { takes: (character) => character === "/" }, some(WORD)], ["/", " "]),
  login: sequence([some(/[\w[\]-]/)], ["/", " ", ".", "[", "]"]),
  digits: sequence(
    [{ takes: (character) => /[1-9]/.test(character) }, { ...some(/[0-9]/), optional: true }],
    "0123456789",
  ),
};

/** Texts that look familiar to people; they are tried before generated ones. */
export const FAMILIAR: Readonly<Record<Domain, readonly string[]>> = {
  text: ["true", "", "false", "something"],
  ref: [
    "main",
    "topic",
    "v1.2.3",
    "v1.2.3-rc.1",
    "1.2.3",
    "release-1.2",
    "release/1.2",
    "develop",
    "feature/topic",
    "other",
    "product-v1.2.3",
  ],
  repository: ["octo/product", "someone/product", "someone/other"],
  login: ["octocat", "dependabot[bot]", "someone"],
  digits: ["1", "2"],
};

/** The names that git accepts for a branch or tag, by the rules about characters (git-check-ref-format). */
function refName(): Automaton {
  return {
    start: "/",
    next: (state, character) => {
      if (state === "" || /[\s~^:?*[\\]/.test(character)) return "";
      if (character === "/" || character === ".") return state === "/" || state === "." ? "" : character;
      return state === "/" && character === "-" ? "" : "a";
    },
    accepts: (state) => state === "a",
    characters: new Set(["/", ".", " ", "-", "[", "*", "^", "~", ":", "?", "\\"]),
  };
}
