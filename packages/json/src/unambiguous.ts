import { JsonError } from "./decoder.ts";

/** Deeper than any document anybody signs, shallow enough for every parser. */
export const MAX_DEPTH = 64;

/** One token that matters here: a string, or what opens and closes. Sticky, so that it walks. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^"[\]{}]+/gy;

/**
 * Refuses JSON that two parsers may read differently: a key told twice in one object, a key named
 * `__proto__`, nesting without end. `json` has been parsed before, so its syntax is right.
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
      // Escapes are undone first: "\u0061" and "a" are one key.
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
