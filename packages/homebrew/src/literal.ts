import type { Token } from "./lex.ts";

/** Is this a part of a value that needs nothing to be run? */
export function isLiteral({ kind, text }: Token): boolean {
  if (kind === "word") return ["true", "false", "nil"].includes(text);
  if (kind === "op") return [",", "[", "]", "{", "}", "(", ")", "=>", "-"].includes(text);
  return kind !== "code";
}
