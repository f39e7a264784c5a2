export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value if it is an object. */
export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

/** The value if it is an object, otherwise an empty object. */
export function record(value: unknown): JsonRecord {
  return asRecord(value) ?? {};
}

/** The value if it is an array, otherwise an empty array. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a string, otherwise an empty string. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
