import type { Edit } from "@release-actions/text";
import type { TomlDocument, TomlString } from "./node.ts";

/** The edit that gives a string a new value. It keeps the kind of quotes if they can represent the value. */
export function replaceString(document: TomlDocument, node: TomlString, value: string): Edit {
  const quote = document.text[node.start] === "'" ? "'" : '"';
  return { start: node.start, end: node.end, text: formatTomlString(value, quote) };
}

/** Formats a single-line string. Literal quotes (`'`) are used only for a value that needs no escapes. */
export function formatTomlString(value: string, quote: '"' | "'" = '"'): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a literal string cannot contain these characters.
  if (quote === "'" && !/['\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return `'${value}'`;
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f"); // JSON's escapes are a subset of TOML's.
}
