import type { Automaton } from "./automaton.ts";

/** The set of texts that a value can have. */
export type Domain = "text" | "ref" | "repository" | "login" | "digits";

export const DOMAINS: Readonly<Record<Domain, Automaton>> = {
  text: { start: "any", next: () => "any", accepts: () => true, characters: new Set() },
  ref: refName(),
  repository: {
    start: "0",
    next: (state, character) =>
      ({ "0": /[\w.-]/.test(character) ? "1" : "", "1": character === "/" ? "2" : word(character, "1") })[state] ??
      (state === "2" || state === "3" ? word(character, "3") : ""),
    accepts: (state) => state === "3",
    characters: new Set(["/", " "]),
  },
  login: {
    start: "0",
    next: (state, character) => (state !== "" && /[\w[\]-]/.test(character) ? "1" : ""),
    accepts: (state) => state === "1",
    characters: new Set(["/", " ", ".", "[", "]"]),
  },
  digits: {
    start: "0",
    next: (state, character) =>
      /[0-9]/.test(character) && (state === "1" || (state === "0" && character !== "0")) ? "1" : "",
    accepts: (state) => state === "1",
    characters: new Set("0123456789"),
  },
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

function word(character: string, state: string): string {
  return /[\w.-]/.test(character) ? state : "";
}

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
