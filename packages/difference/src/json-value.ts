export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one where it is something else. */
export function record(value: unknown): JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** The value as a list; an empty one where it is something else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text; an empty one where it is something else. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
