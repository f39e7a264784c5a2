import type { Location, Problem } from "@release-actions/report";
import type { TomlNode, TomlTable } from "@release-actions/toml";

/** The largest unsigned 64-bit integer, the type that the runtime uses for limits. */
const MAX_U64 = 2n ** 64n - 1n;

/**
 * Reads the keys of one table, each once. Missing, mistyped and unknown keys are collected as problems, so that all
 * errors of a file are reported at once.
 */
export class Fields {
  readonly location: Location;
  readonly #entries: ReadonlyMap<string, TomlNode>;
  readonly #path: string;
  readonly #problems: Problem[];
  readonly #known = new Set<string>();

  constructor(table: TomlTable, path: string, problems: Problem[]) {
    this.location = table.location;
    this.#entries = table.entries;
    this.#path = path;
    this.#problems = problems;
  }

  /** The location of a key's value, or of the table if the key is absent. */
  place(key: string): Location {
    return this.#entries.get(key)?.location ?? this.location;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  string(key: string): string {
    const node = this.#take(key, "a string");
    return node?.kind === "string" ? node.value : (this.#mistyped(key, node, "a string") ?? "");
  }

  boolean(key: string): boolean {
    const node = this.#take(key, "true or false");
    return node?.kind === "boolean" ? node.value === "true" : (this.#mistyped(key, node, "true or false") ?? false);
  }

  /** A positive integer that fits 64 bits, as decimal digits. */
  positive(key: string): string {
    const expected = "a whole number from 1 up to 2^64-1";
    const node = this.#take(key, expected);
    if (node?.kind === "integer") {
      const value = BigInt(node.value.replaceAll("_", ""));
      if (value >= 1n && value <= MAX_U64) return value.toString();
    }
    this.#mistyped(key, node, expected);
    return "";
  }

  strings(key: string): readonly { readonly value: string; readonly location: Location }[] {
    return this.#items(key, "a list of strings").flatMap((item, index) => {
      if (item.kind === "string") return [{ value: item.value, location: item.location }];
      this.#mistyped(`${key}[${index}]`, item, "a string");
      return [];
    });
  }

  tables(key: string): readonly Fields[] {
    return this.#items(key, "a list of tables").flatMap((item, index) => {
      if (item.kind === "table") return [new Fields(item, `${this.#path}${key}[${index}].`, this.#problems)];
      this.#mistyped(`${key}[${index}]`, item, "a table");
      return [];
    });
  }

  /** The table under a key, for tables that may be absent. */
  table(key: string): Fields | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#take(key, "a table");
    if (node?.kind === "table") return new Fields(node, `${this.#path}${key}.`, this.#problems);
    this.#mistyped(key, node, "a table");
    return undefined;
  }

  /** All keys, for a table whose keys are data and not names of fields. */
  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  problem(message: string, location: Location): void {
    this.#problems.push({ level: "error", message, location });
  }

  /** Declares keys that may be absent. */
  optional(...keys: readonly string[]): void {
    for (const key of keys) this.#known.add(key);
  }

  /** Adds a problem for each key that was not read or declared. */
  refuseUnknown(): void {
    for (const [key, node] of this.#entries) {
      if (this.#known.has(key)) continue;
      const known = [...this.#known].join(", ");
      this.problem(`\`${this.#path}${key}\` is not a known key; expected one of ${known}`, node.location);
    }
  }

  #items(key: string, expected: string): readonly TomlNode[] {
    const node = this.#take(key, expected);
    if (node?.kind === "array") return node.items;
    this.#mistyped(key, node, expected);
    return [];
  }

  #take(key: string, expected: string): TomlNode | undefined {
    this.#known.add(key);
    const node = this.#entries.get(key);
    if (node === undefined) this.problem(`\`${this.#path}${key}\` is missing, expected ${expected}`, this.location);
    return node;
  }

  #mistyped(key: string, node: TomlNode | undefined, expected: string): undefined {
    if (node === undefined) return; // Already reported as missing.
    const found = node.kind === "array" || node.kind === "table" ? `a ${node.kind}` : `${node.kind} ${node.value}`;
    this.problem(`\`${this.#path}${key}\` is ${found}, expected ${expected}`, node.location);
  }
}
