import { countOf } from "@release-actions/report";
import { type Cause, cause } from "./cause.ts";
import type { Context } from "./context.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import { asRecord } from "./json-value.ts";
import { both } from "./pair.ts";
import { areBuildTimes } from "./time-window.ts";

const MAX_PATHS = 200;

/** A difference between two documents. */
export interface Changed {
  /** The path in the syntax of `jq`: `.a[0].b`. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Explains two JSON documents by the paths at which their values differ; undefined if either is not JSON. */
export function explainJson(a: string, b: string, { place, windows }: Context): Cause[] | undefined {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined) return undefined;
  const changes = compareJson(left.value, right.value);
  if (changes.length === 0) return [explainSameJson(a, b, left.value, right.value, place)];
  return changes.map(({ path, left: one, right: other }) => {
    const at = `${place}${path || "."}`;
    if (typeof one === "string" && typeof other === "string") return explainTextPair(one, other, at, windows);
    if (typeof one === "number" && typeof other === "number") {
      const isTime = [1000, 1].some((unit) => areBuildTimes(one * unit, other * unit, windows));
      if (isTime) return cause("timestamp", at, String(one), String(other));
    }
    return cause("embedded-text", at, show(one), show(other));
  });
}

/** Explains two texts of JSON with the same values. */
function explainSameJson(a: string, b: string, left: unknown, right: unknown, place: string): Cause {
  if (JSON.stringify(left) === JSON.stringify(right)) {
    const sizes = [countOf(a.length, "character"), countOf(b.length, "character")] as const;
    const remedy = "Write JSON with the same program and indentation.";
    return cause("archive-format", `${place}white space of JSON`, ...sizes, { remedy });
  }
  const remedy = "Sort the keys before writing.";
  return cause("text-order", `${place}keys of JSON objects`, firstKeys(left), firstKeys(right), { remedy });
}

/** The first differences between two JSON values, ignoring the order of keys. */
export function compareJson(left: unknown, right: unknown): Changed[] {
  const changes: Changed[] = [];
  compareValues(left, right, "", changes);
  return changes;
}

function parse(text: string): { value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // Not JSON: the caller compares the lines instead.
  }
}

function compareValues(left: unknown, right: unknown, path: string, changes: Changed[]): void {
  if (changes.length >= MAX_PATHS || left === right) return;
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index += 1)
      compareValues(left[index], right[index], `${path}[${index}]`, changes);
    return;
  }
  const [a, b] = [asRecord(left), asRecord(right)];
  if (a === undefined || b === undefined) {
    changes.push({ path, left, right });
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const step = /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    const [one, other] = both([a, b], (object) => (Object.hasOwn(object, key) ? object[key] : undefined));
    compareValues(one, other, path + step, changes);
  }
}

function firstKeys(value: unknown): string {
  const record = asRecord(Array.isArray(value) ? value[0] : value);
  return record === undefined ? JSON.stringify(value).slice(0, 80) : Object.keys(record).slice(0, 8).join(", ");
}

function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
