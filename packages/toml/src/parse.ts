import { Fault } from "@release-actions/report";
import { createLocator, type Locator, readText } from "@release-actions/text";
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { TomlArray, TomlDocument, TomlNode, TomlTable } from "./node.ts";

/** Thrown for a file that is not valid TOML. Carries the line. */
export class TomlError extends Fault {
  override readonly name = "TomlError";
}

/** Parses TOML 1.1 (https://toml.io/en/v1.1.0) into values with their locations in `text`. @throws TomlError with the line */
export function parseToml(text: string, file: string): TomlDocument {
  const conflict = /^(<{7}|={7}|>{7})( .*)?$/m.exec(text);
  const locate = createLocator(text, file);
  if (conflict !== null) {
    const location = locate(conflict.index);
    throw new TomlError(`${file}:${location.line} holds the marker of a merge conflict (${conflict[1]})`, {
      location,
      advice: "Resolve the conflict, commit, and run again.",
    });
  }
  const root = newTable(locate, 0, text.length);
  for (const node of parseProgram(text, file).body[0].body) {
    if (node.type === "TOMLKeyValue") addPair(root, node, locate);
    else addSection(root, node, locate);
  }
  return { file, text, root };
}

/** Reads a file and parses it with `parseToml`. `shown` is its name in messages, usually relative to the repository. */
export function readToml(file: string, shown: string = file): TomlDocument {
  return parseToml(readText(file, shown), shown);
}

function parseProgram(text: string, file: string): AST.TOMLProgram {
  try {
    // The parser does not accept a byte order mark. A space in its place keeps all offsets.
    return parseTOML(text.replace(/^\uFEFF/, " "));
  } catch (error) {
    if (error instanceof ParseError) {
      const location = { file, line: error.lineNumber, column: error.column + 1 };
      const why = error.message.charAt(0).toLowerCase() + error.message.slice(1);
      throw new TomlError(`${file}:${error.lineNumber} is not valid TOML: ${why}`, { location, cause: error });
    }
    if (error instanceof RangeError) {
      throw new TomlError(`${file} is nested too deeply to be read`, { location: { file, line: 1 }, cause: error });
    }
    throw error;
  }
}

type OpenTable = TomlTable & { readonly entries: Map<string, TomlNode> };
type OpenArray = TomlArray & { readonly items: TomlNode[] };

function newTable(locate: Locator, start: number, end: number): OpenTable {
  return { kind: "table", entries: new Map(), location: locate(start), start, end };
}

function addSection(root: OpenTable, section: AST.TOMLTable, locate: Locator): void {
  // In `resolvedKey` a number is an index in an array of tables: two `[[bin]]` give ["bin", 0] and ["bin", 1].
  let table: TomlNode = root;
  for (const [position, step] of section.resolvedKey.entries()) {
    const isArray: boolean = typeof section.resolvedKey[position + 1] === "number";
    const [start, end] = section.range;
    const create = (): OpenTable | OpenArray =>
      isArray ? { kind: "array", items: [], location: locate(start), start, end } : newTable(locate, start, end);
    table = descend(table, step, create);
  }
  for (const pair of section.body) addPair(table, pair, locate);
}

function descend(node: TomlNode, step: string | number, create: () => OpenTable | OpenArray): TomlNode {
  const existing =
    node.kind === "array" ? node.items[Number(step)] : node.kind === "table" && node.entries.get(String(step));
  if (existing) return existing;
  const created = create();
  if (node.kind === "array")
    (node as OpenArray).items.push(created); // The cast is safe: all nodes at this point were created as open ones.
  else if (node.kind === "table") (node as OpenTable).entries.set(String(step), created);
  return created;
}

function addPair(table: TomlNode, pair: AST.TOMLKeyValue, locate: Locator): void {
  const keys = pair.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
  const last = keys.pop();
  let holder = table;
  for (const key of keys) holder = descend(holder, key, () => newTable(locate, ...pair.range));
  if (holder.kind === "table" && last !== undefined)
    (holder as OpenTable).entries.set(last, toNode(pair.value, locate));
}

function toNode(node: AST.TOMLContentNode, locate: Locator): TomlNode {
  const [start, end] = node.range;
  const place = { location: locate(start), start, end };
  if (node.type === "TOMLArray") {
    return { kind: "array", items: node.elements.map((element) => toNode(element, locate)), ...place };
  }
  if (node.type === "TOMLInlineTable") {
    const table = newTable(locate, start, end);
    for (const pair of node.body) addPair(table, pair, locate);
    return table;
  }
  switch (node.kind) {
    case "string":
      return { kind: "string", value: node.value, ...place };
    case "integer":
    case "float":
      // The parser strips leading zeros, so nothing remains of the number 0.
      return { kind: node.kind, value: node.number === "" ? "0" : node.number, ...place };
    case "boolean":
      return { kind: "boolean", value: String(node.value), ...place };
    default:
      return { kind: "date", value: node.datetime, ...place };
  }
}
