// Finds the phrases in a file's prose, and the words in it that the dictionary must contain.
import { PHRASES, type Phrase } from "./phrases.ts";
import type { Prose } from "./prose.ts";

export interface Finding {
  /** The offset of its start in the file. */
  readonly offset: number;
  readonly found: string;
  readonly instead: string;
}

export function findPhrases(proses: readonly Prose[], phrases: readonly Phrase[] = PHRASES): readonly Finding[] {
  return proses.flatMap((prose) =>
    phrases.flatMap(({ pattern, instead }) =>
      [...prose.text.matchAll(pattern)].map((match) => ({
        offset: prose.offset + match.index,
        found: match[0].replaceAll(/\s+/g, " "),
        instead,
      })),
    ),
  );
}

/** The words of sentences, each with the place of its first occurrence. Code, names of files and addresses are left out. */
export function wordsOf(proses: readonly Prose[]): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  for (const prose of proses) {
    if (!isSentence(prose)) continue;
    const text = prose.text.replaceAll(NOT_PROSE, (code) => " ".repeat(code.length));
    for (const match of text.matchAll(/(?<![\w\\/.@$-])\p{L}[\p{L}'’]{2,}(?![\w\\/@$]|[.-]\w)/gu)) {
      const word = match[0].replace(/['’]s?$/, "");
      if (!words.has(word)) words.set(word, prose.offset + match.index);
    }
  }
  return words;
}

/** Text that is not prose: code in backquotes, the target of a link, an address. */
const NOT_PROSE = /\\?`[^`]*`|\]\([^)]*\)|\b\w+:\/\/\S+|<!--[\s\S]*?-->/g;

/** Whether a string is a sentence, because it contains ordinary words. */
function isSentence(prose: Prose): boolean {
  return prose.kind !== "string" || /[a-z]{2,},? [a-z]{2,},? [a-z]{2,}/i.test(prose.text);
}
