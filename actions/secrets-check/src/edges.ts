import type { Kind } from "./expectation.ts";
import type { Finding } from "./finding.ts";

/** Kinds whose values are files, which may end with a line feed (OpenSSH keys must). */
const FILES: readonly Kind[] = ["p12", "apple-api-key", "private-key", "github-app-key", "cosign-key"];
/** Kinds whose value may be anything, so that text that looks like a copying mistake may be intended. */
const ANYTHING: readonly Kind[] = ["nonempty", "docker-login"];

const NAMES: Readonly<Record<string, string>> = {
  "\n": "a line feed",
  "\r": "a carriage return",
  " ": "a space",
  "\t": "a tab",
  "\u00a0": "a no-break space",
  "\u200b": "a zero-width space",
  "\ufeff": "a byte order mark",
};
const UNSEEN = String.raw`[\s\u0085\u200b-\u200f\u2060\ufeff]`;
const FIRST = new RegExp(`^${UNSEEN}`, "u");
const LAST = new RegExp(`${UNSEEN}$`, "u");

/**
 * Finds characters that were pasted along with a value: white space at the start or end (the message names it), and
 * quotes. A value of several lines is a file, whose last line feed belongs to it.
 */
export function checkEdges(name: string, value: string, kind: Kind): Finding[] {
  const isLong = ANYTHING.includes(kind) && (/\n[\s\S]*\S/.test(value.trim()) || /^\s*\{[\s\S]*\}\s*$/.test(value));
  const isFile = FILES.includes(kind) || isLong;
  const edges = [edgeOf("begins", FIRST.exec(value)?.[0], isFile), edgeOf("ends", LAST.exec(value)?.[0], isFile)];
  const told = edges.filter((edge) => edge !== undefined).join(" and ");
  const malformed = (isCertain: boolean, message: string): Finding[] => [
    { name, problem: "malformed", level: isCertain ? "error" : "warning", message },
  ];
  if (told !== "") return malformed(kind !== "nonempty", `it ${told}`);
  const placeholder = placeholderIn(name, value);
  if (placeholder !== undefined) return malformed(true, placeholder);
  if (!/^(["'])[\s\S]*\1$/.test(value) || value.length < 2) return [];
  return malformed(!ANYTHING.includes(kind), "it is in quotes, which are not part of a secret");
}

function edgeOf(where: string, char: string | undefined, isFile: boolean): string | undefined {
  if (char === undefined || (isFile && /[\r\n\t ]/.test(char))) return undefined;
  const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return `${where} with ${NAMES[char] ?? "white space"} (${code})`;
}

/** Describes a placeholder that was pasted instead of the value; undefined when there is none. */
function placeholderIn(name: string, value: string): string | undefined {
  if (/^\*+$/.test(value)) return "it is a row of asterisks, as shown in logs, and not the value of the secret";
  if (/^\$\{\{[^{}]*\}\}$/.test(value)) return "it is an unevaluated workflow expression";
  if (value === `$${name}` || value === `\${${name}}`) return "it is the name of a variable, and not its value";
  return value.startsWith(`${name}=`) ? `it begins with "${name}=", which is not part of the value` : undefined;
}
