import type { Edit } from "@release-actions/text";
import type { TomlDocument, TomlString } from "./node.ts";

/** The edit that gives a string a new value and keeps its quotes where the value allows. */
export function replaceString(document: TomlDocument, node: TomlString, value: string): Edit {
  const quote = document.text[node.start] === "'" ? "'" : '"';
  return { start: node.start, end: node.end, text: formatTomlString(value, quote) };
}

/** Writes a single-line string; literal (`'`) only where the value needs no escapes. */
export function formatTomlString(value: string, quote: '"' | "'" = '"'): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a literal string cannot hold.
  if (quote === "'" && !/['\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return `'${value}'`;
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f"); // JSON's escapes are a subset of TOML's.
}
