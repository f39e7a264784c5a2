import { countOf } from "@release-actions/report";
import { NotaryError } from "./error.ts";

/** A JSON object from outside. The functions below check types and throw a NotaryError that names the value. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses JSON. The error never quotes the text, not even in its cause, since such answers may contain upload
 * credentials.
 *
 * @throws NotaryError
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotaryError(`${what} is not JSON: it has ${countOf(text.length, "character")} and ${beginning(text)}`);
  }
}

/** Describes the beginning of an answer without quoting it. */
function beginning(text: string): string {
  const start = text.trimStart();
  if (start === "") return "is empty";
  if (/^<(!doctype )?html/i.test(start)) return "is a web page";
  if (start.startsWith("<")) return "is XML";
  return /^[[{]/.test(start) ? "is cut off or malformed" : "is plain text";
}

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new NotaryError(`${what} is not an object`);
}

export function asString(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new NotaryError(`${what} is missing`);
}

/** A list. Absent and `null` mean empty, since Apple writes empty lists in this way. */
export function asList(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new NotaryError(`${what} is not a list`);
}

export function optionalString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
