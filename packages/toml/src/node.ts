import type { Location } from "@release-actions/report";

interface Placed {
  readonly location: Location & { readonly line: number };
  /** Offsets in the text. `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A string. */
export interface TomlString extends Placed {
  readonly kind: "string";
  readonly value: string;
}

/** A number, boolean or date. `value` is its text in the file; callers interpret it. */
export interface TomlScalar extends Placed {
  readonly kind: "integer" | "float" | "boolean" | "date";
  readonly value: string;
}

/** An array, or an array of tables. */
export interface TomlArray extends Placed {
  readonly kind: "array";
  readonly items: readonly TomlNode[];
}

/** A table in any notation: `[header]`, `[[header]]`, dotted keys or `{ inline = true }`. Its location is its first appearance. */
export interface TomlTable extends Placed {
  readonly kind: "table";
  readonly entries: ReadonlyMap<string, TomlNode>;
}

/** Any TOML value. */
export type TomlNode = TomlString | TomlScalar | TomlArray | TomlTable;

/** A parsed file. */
export interface TomlDocument {
  readonly file: string;
  readonly text: string;
  readonly root: TomlTable;
}
