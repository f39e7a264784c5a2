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
    return this.#read(key, "string", "a string")?.value ?? "";
  }

  boolean(key: string): boolean {
    return this.#read(key, "boolean", "true or false")?.value === "true";
  }

  /** A positive integer that fits 64 bits, as decimal digits. */
  positive(key: string): string {
    const expected = "a whole number from 1 up to 2^64-1";
    const node = this.#read(key, "integer", expected);
    const value = BigInt(node?.value.replaceAll("_", "") ?? 0);
    if (value >= 1n && value <= MAX_U64) return value.toString();
    if (node !== undefined) this.#mistyped(key, node, expected);
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
    const node = this.has(key) ? this.#read(key, "table", "a table") : undefined;
    return node && new Fields(node, `${this.#path}${key}.`, this.#problems);
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
    return this.#read(key, "array", expected)?.items ?? [];
  }

  /** The value of a key; undefined, with a problem, if the key is missing or the value is of another kind. */
  #read<K extends TomlNode["kind"]>(key: string, kind: K, expected: string): (TomlNode & { kind: K }) | undefined {
    this.#known.add(key);
    const node = this.#entries.get(key);
    if (node === undefined) this.problem(`\`${this.#path}${key}\` is missing, expected ${expected}`, this.location);
    else if (isOfKind(node, kind)) return node;
    else this.#mistyped(key, node, expected);
    return undefined;
  }

  #mistyped(key: string, node: TomlNode, expected: string): void {
    const found = node.kind === "array" || node.kind === "table" ? `a ${node.kind}` : `${node.kind} ${node.value}`;
    this.problem(`\`${this.#path}${key}\` is ${found}, expected ${expected}`, node.location);
  }
}

function isOfKind<K extends TomlNode["kind"]>(node: TomlNode, kind: K): node is TomlNode & { kind: K } {
  return node.kind === kind;
}
