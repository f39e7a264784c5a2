import { JsonError } from "./decoder.ts";

/** No real signed document is nested this deep, and every parser can read this depth. */
export const MAX_DEPTH = 64;

/** The white space of JSON (RFC 8259, section 2). */
const SPACE = " \n\r\t";

/**
 * Refuses JSON that two parsers may read differently: a duplicate key in one object, a key named `__proto__`, or
 * nesting beyond `MAX_DEPTH`. `json` must have valid syntax.
 *
 * @throws JsonError
 */
export function requireUnambiguous(json: string, source: string): void {
  const open: (Set<string> | "list")[] = [];
  let lastString: string | undefined;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charAt(at);
    if (character === '"') {
      const end = endOfString(json, at);
      lastString = json.slice(at, end);
      at = end - 1;
      continue;
    }
    if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : "list");
      if (open.length > MAX_DEPTH) throw new JsonError(`${source} is nested deeper than ${MAX_DEPTH} levels`);
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === ":" && lastString !== undefined) {
      // Escapes are decoded first, because "\u0061" and "a" are the same key.
      addKey(open.at(-1), JSON.parse(lastString) as string, source); // A string token parses to a string.
    } else if (SPACE.includes(character)) {
      continue;
    }
    lastString = undefined;
  }
}

/** The offset after a string's closing quote. A loop, because a pattern runs out of stack in a string of some megabytes. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function addKey(keys: Set<string> | "list" | undefined, key: string, source: string): void {
  if (keys === undefined || keys === "list") return;
  if (keys.has(key)) throw new JsonError(`${source} has the key ${JSON.stringify(key)} twice in one object`);
  if (key === "__proto__") throw new JsonError(`${source} has a key named "__proto__"`);
  keys.add(key);
}
