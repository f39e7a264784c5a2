import { Fault } from "@release-actions/report";

/** JSON that does not have the expected form. The message names the place in it, such as `releases[0].app_name`. */
export class JsonError extends Fault {
  override readonly name = "JsonError";
}

/**
 * Turns a value of unknown shape into a typed one, or throws a `JsonError` that names `path`.
 *
 * No schema library is used: those that were measured added 90 to 116 kB and 3 to 7 ms of start-up time to every
 * bundle, and the few documents that are read need no more than this file.
 */
export type Decoder<T> = (value: unknown, path: string) => T;

/** Any string, including an empty one. */
export const string: Decoder<string> = (value, path) =>
  typeof value === "string" ? value : refuse(value, path, "a string");

/** A string that is not blank. */
export const text: Decoder<string> = (value, path) =>
  typeof value === "string" && value.trim() !== "" ? value : refuse(value, path, "a string that is not empty");

export const boolean: Decoder<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(value, path, "true or false");

/** A whole number from 0 to 2^53 - 1. */
export const integer: Decoder<number> = (value, path) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : refuse(value, path, "a whole number from 0 up");

export function literal<const T extends string | number>(...values: readonly T[]): Decoder<T> {
  return (value, path) => {
    const found = values.find((candidate) => candidate === value);
    return found ?? refuse(value, path, values.map((candidate) => JSON.stringify(candidate)).join(" or "));
  };
}

export function listOf<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((element: unknown, index) => item(element, `${path}[${index}]`))
      : refuse(value, path, "a list");
}

/** An object whose keys are data. The result is a `Map`, so that a key such as `__proto__` has no special meaning. */
export function mapOf<T>(item: Decoder<T>): Decoder<ReadonlyMap<string, T>> {
  return (value, path) =>
    new Map(Object.entries(record(value, path)).map(([key, entry]) => [key, item(entry, member(path, key))]));
}

/**
 * Accepts absent values and `null`, and gives the fallback for both, since some writers leave out empty values and
 * others write `null`.
 */
export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined>;
export function optional<T>(decoder: Decoder<T>, fallback: NoInfer<T>): Decoder<T>;
export function optional<T>(decoder: Decoder<T>, fallback?: T): Decoder<T | undefined> {
  return (value, path) => (value === undefined || value === null ? fallback : decoder(value, path));
}

/** An object with these fields. Other fields are ignored, since newer writers may add some. */
export function object<T extends object>(fields: { readonly [K in keyof T]: Decoder<T[K]> }): Decoder<T> {
  const entries = Object.entries(fields) as [string, Decoder<unknown>][];
  return (value, path) => {
    const source = record(value, path);
    const decoded = entries.map(([key, decoder]) => {
      const field = Object.hasOwn(source, key) ? source[key] : undefined;
      return [key, decoder(field, member(path, key))];
    });
    // The decoders in `fields` cover every key of T.
    return Object.fromEntries(decoded) as T;
  };
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(value, path, "an object");
  return value as Readonly<Record<string, unknown>>;
}

function member(path: string, key: string): string {
  const step = /^[A-Za-z_][\w-]*$/.test(key) ? key : `[${JSON.stringify(key)}]`;
  return path === "" || step.startsWith("[") ? `${path}${step}` : `${path}.${step}`;
}

function refuse(value: unknown, path: string, expected: string): never {
  throw new JsonError(`${path === "" ? "the document" : `\`${path}\``} is ${show(value)}, expected ${expected}`);
}

const MAX_SHOWN = 60;

function show(value: unknown): string {
  if (value === undefined) return "absent";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const shown = JSON.stringify(value);
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}
