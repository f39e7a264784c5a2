import type { Location } from "@release-actions/report";

interface Placed {
  readonly location: Location & { readonly line: number };
  /** Offsets into the text, the second one past the end. */
  readonly start: number;
  readonly end: number;
}

export interface TomlString extends Placed {
  readonly kind: "string";
  readonly value: string;
}

/** A number, boolean or date. `value` is its text in the file, whose meaning the reader knows. */
export interface TomlScalar extends Placed {
  readonly kind: "integer" | "float" | "boolean" | "date";
  readonly value: string;
}

export interface TomlArray extends Placed {
  readonly kind: "array";
  readonly items: readonly TomlNode[];
}

/** A table however written: `[header]`, `[[header]]`, dotted keys or `{ inline = true }`. Placed where it first appears. */
export interface TomlTable extends Placed {
  readonly kind: "table";
  readonly entries: ReadonlyMap<string, TomlNode>;
}

export type TomlNode = TomlString | TomlScalar | TomlArray | TomlTable;

export interface TomlDocument {
  readonly file: string;
  readonly text: string;
  readonly root: TomlTable;
}
