import type { Location } from "@release-actions/report";
import type { TomlNode, TomlTable } from "./node.ts";

/** A string together with where it stands. */
export interface StringEntry {
  readonly value: string;
  readonly location: Location & { readonly line: number };
}

/** The value under `key` when `node` is a table that has it. */
export function entryOf(node: TomlNode | undefined, key: string): TomlNode | undefined {
  return node?.kind === "table" ? node.entries.get(key) : undefined;
}

/** The table under `key`, or nothing when there is none or something else. */
export function tableOf(node: TomlNode | undefined, key: string): TomlTable | undefined {
  const found = entryOf(node, key);
  return found?.kind === "table" ? found : undefined;
}

/** The string under `key`, or nothing when there is none or something else. */
export function stringValue(node: TomlNode | undefined, key: string): string | undefined {
  const found = entryOf(node, key);
  return found?.kind === "string" ? found.value : undefined;
}

/** The strings of the array under `key`; items of another kind are left out. */
export function stringsOf(node: TomlNode | undefined, key: string): readonly StringEntry[] {
  const found = entryOf(node, key);
  if (found?.kind !== "array") return [];
  return found.items.flatMap((item) =>
    item.kind === "string" ? [{ value: item.value, location: item.location }] : [],
  );
}

/** The value at a path of keys; a key of digits picks an item of an array. */
export function atPath(node: TomlNode, path: readonly string[]): TomlNode | undefined {
  let found: TomlNode | undefined = node;
  for (const key of path) {
    if (found?.kind === "array") found = /^\d+$/.test(key) ? found.items[Number(key)] : undefined;
    else found = entryOf(found, key);
  }
  return found;
}

/**
 * Splits a dotted key as TOML writes it, `target."cfg(unix)".rustflags`, quotes around what is not a bare key.
 * Returns nothing when the text is not a dotted key.
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
