export { formatTomlString, replaceString } from "./edit.ts";
export type { TomlArray, TomlDocument, TomlNode, TomlScalar, TomlString, TomlTable } from "./node.ts";
export { parseToml, readToml, TomlError } from "./parse.ts";
export { atPath, entryOf, isTrue, parsePath, type StringEntry, stringsOf, stringValue, tableOf } from "./query.ts";
