import type { Location } from "@release-actions/report";
import type { TomlNode, TomlTable } from "./node.ts";

/** A string with its location. */
export interface StringEntry {
  readonly value: string;
  readonly location: Location & { readonly line: number };
}

/** The value under `key`; undefined when `node` is not a table or does not have the key. */
export function entryOf(node: TomlNode | undefined, key: string): TomlNode | undefined {
  return node?.kind === "table" ? node.entries.get(key) : undefined;
}

/** The table under `key`; undefined when the key is missing or its value is not a table. */
export function tableOf(node: TomlNode | undefined, key: string): TomlTable | undefined {
  const found = entryOf(node, key);
  return found?.kind === "table" ? found : undefined;
}

/** The string under `key`; undefined when the key is missing or its value is not a string. */
export function stringValue(node: TomlNode | undefined, key: string): string | undefined {
  const found = entryOf(node, key);
  return found?.kind === "string" ? found.value : undefined;
}

/** Whether the value under `key` is `true`. */
export function isTrue(node: TomlNode | undefined, key: string): boolean {
  const found = entryOf(node, key);
  return found?.kind === "boolean" && found.value === "true";
}

/** The strings of the array under `key`; items of another kind are left out. */
export function stringsOf(node: TomlNode | undefined, key: string): readonly StringEntry[] {
  const found = entryOf(node, key);
  if (found?.kind !== "array") return [];
  return found.items.flatMap((item) =>
    item.kind === "string" ? [{ value: item.value, location: item.location }] : [],
  );
}

/** The value at a path of keys. In an array, a key of digits selects an item. */
export function atPath(node: TomlNode, path: readonly string[]): TomlNode | undefined {
  let found: TomlNode | undefined = node;
  for (const key of path) {
    if (found?.kind === "array") found = /^\d+$/.test(key) ? found.items[Number(key)] : undefined;
    else found = entryOf(found, key);
  }
  return found;
}

/**
 * Splits a dotted key in TOML's notation, such as `target."cfg(unix)".rustflags`.
 * Returns undefined when the text is not a dotted key.
 */
export function parsePath(text: string): readonly string[] | undefined {
  const keys: string[] = [];
  let rest = text;
  do {
    const match = /^\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(\.(?=.)|$)/.exec(rest);
    if (match === null) return undefined;
    keys.push(match[1] ?? match[2] ?? match[3] ?? "");
    rest = rest.slice(match[0].length);
  } while (rest !== "");
  return keys;
}
