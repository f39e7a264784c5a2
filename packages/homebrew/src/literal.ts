import type { Token } from "./lex.ts";

/** Whether a token is part of a plain value, which runs no code. */
export function isLiteral({ kind, text }: Token): boolean {
  if (kind === "word") return ["true", "false", "nil"].includes(text);
  if (kind === "op") return [",", "[", "]", "{", "}", "(", ")", "=>", "-"].includes(text);
  return kind !== "code";
}
