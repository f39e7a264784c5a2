import { JsonError } from "./decoder.ts";

/** No real signed document is nested this deep, and every parser can read this depth. */
export const MAX_DEPTH = 64;

/** The next token: a string, a bracket, or the text in between. The pattern is sticky, so that it matches consecutive tokens. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^"[\]{}]+/gy;

/**
 * Refuses JSON that two parsers may read differently: a duplicate key in one object, a key named `__proto__`, or
 * nesting beyond `MAX_DEPTH`. `json` must have valid syntax.
 *
 * @throws JsonError
 */
export function requireUnambiguous(json: string, source: string): void {
  const open: (Set<string> | "list")[] = [];
  let lastString: string | undefined;
  for (const [token] of json.matchAll(TOKEN)) {
    const first = token[0];
    if (first === "{" || first === "[") {
      open.push(first === "{" ? new Set() : "list");
      if (open.length > MAX_DEPTH) throw new JsonError(`${source} is nested deeper than ${MAX_DEPTH} levels`);
    } else if (first === "}" || first === "]") {
      open.pop();
    } else if (first !== '"' && lastString !== undefined && /^\s*:/.test(token)) {
      // Escapes are decoded first, because "\u0061" and "a" are the same key.
      addKey(open.at(-1), JSON.parse(lastString) as string, source); // A string token parses to a string.
    }
    lastString = first === '"' ? token : undefined;
  }
}

function addKey(keys: Set<string> | "list" | undefined, key: string, source: string): void {
  if (keys === undefined || keys === "list") return;
  if (keys.has(key)) throw new JsonError(`${source} has the key ${JSON.stringify(key)} twice in one object`);
  if (key === "__proto__") throw new JsonError(`${source} has a key named "__proto__"`);
  keys.add(key);
}
