/**
 * The type of an input, from the first comment inside the input in `action.yml`. The runner and all other readers of
 * the file ignore this comment:
 *
 *     retention-days:
 *       # number days 1..90
 *       description: ...
 */
export type InputType =
  | { readonly kind: "string" | "boolean" | "list" | "lines" | "path" | "digest" | "secret" }
  | { readonly kind: "number"; readonly unit?: string; readonly min?: number; readonly max?: number }
  | { readonly kind: "enum"; readonly values: readonly string[] };

const PLAIN_KINDS = ["string", "boolean", "list", "lines", "path", "digest", "secret"] as const;

/** Parses the comment. @throws Error with the grammar when the comment is not a type */
export function parseInputType(comment: string, where: string): InputType {
  const text = comment.trim();
  const [kind = "", ...rest] = text.split(/\s+/);
  const plain = PLAIN_KINDS.find((candidate) => candidate === kind);
  if (plain !== undefined && rest.length === 0) return { kind: plain };
  if (kind === "enum") {
    const values = rest
      .join(" ")
      .split("|")
      .map((value) => value.trim());
    if (values.length > 1 && !values.includes("")) return { kind, values };
  }
  const number = /^number(?: ([a-z][a-z ]*?))?(?: (-?\d+)?\.\.(-?\d+)?)?$/.exec(text);
  if (number !== null) {
    const [, unit, min, max] = number;
    return {
      kind: "number",
      ...(unit === undefined ? {} : { unit }),
      ...(min === undefined ? {} : { min: Number(min) }),
      ...(max === undefined ? {} : { max: Number(max) }),
    };
  }
  throw new Error(
    `${where}: the comment above its description must be its type, not "${text}":\n` +
      `  # ${PLAIN_KINDS.join(" | ")}\n  # number [unit] [min..max]\n  # enum one | two`,
  );
}

export function describeInputType(type: InputType): string {
  if (type.kind === "enum") return type.values.map((value) => `\`${value}\``).join(", ");
  if (type.kind !== "number") return type.kind;
  const range = type.min === undefined && type.max === undefined ? "" : `${type.min ?? ""}..${type.max ?? ""}`;
  return ["number", type.unit, range].filter((part) => part !== undefined && part !== "").join(" ");
}
