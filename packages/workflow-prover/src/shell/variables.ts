/** The variables of a script. An array is a map from index to value, in the order of the indexes. */
export class Variables {
  readonly #values = new Map<string, string | Map<string, string>>();
  #positional: readonly string[] = [];
  status = 0;

  constructor(env: ReadonlyMap<string, string>) {
    for (const [name, value] of env) this.#values.set(name, value);
  }

  get positional(): readonly string[] {
    return this.#positional;
  }

  /** Runs `work` as in a subshell. Afterwards all variables are restored, except the status. */
  isolated<T>(work: () => T): T {
    const [values, positional] = [new Map(this.#values), this.#positional];
    for (const [name, value] of values) if (value instanceof Map) this.#values.set(name, new Map(value));
    try {
      return work();
    } finally {
      this.#values.clear();
      for (const [name, value] of values) this.#values.set(name, value);
      this.#positional = positional;
    }
  }

  /** Runs a function with its own arguments. */
  withPositional<T>(args: readonly string[], work: () => T): T {
    const outer = this.#positional;
    this.#positional = args;
    try {
      return work();
    } finally {
      this.#positional = outer;
    }
  }

  shift(count: number): void {
    this.#positional = this.#positional.slice(count);
  }

  get(name: string): string | undefined {
    if (name === "?") return String(this.status);
    if (name === "#") return String(this.#positional.length);
    if (name === "@" || name === "*") return this.#positional.join(" ");
    if (/^\d+$/.test(name)) return name === "0" ? "bash" : this.#positional[Number(name) - 1];
    const value = this.#values.get(name);
    return value instanceof Map ? value.get("0") : value;
  }

  items(name: string): readonly string[] {
    if (name === "@" || name === "*") return this.#positional;
    const value = this.#values.get(name);
    if (value instanceof Map) return [...value.values()];
    return value === undefined ? [] : [value];
  }

  keys(name: string): readonly string[] {
    const value = this.#values.get(name);
    return value instanceof Map ? [...value.keys()] : value === undefined ? [] : ["0"];
  }

  item(name: string, index: string): string | undefined {
    const value = this.#values.get(name);
    return value instanceof Map ? value.get(index) : index === "0" ? value : undefined;
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  setItem(name: string, index: string, value: string): void {
    const known = this.#values.get(name);
    const map = known instanceof Map ? known : new Map(known === undefined ? [] : [["0", known]]);
    map.set(index, value);
    this.#values.set(name, map);
  }

  setArray(name: string, items: readonly string[], appends: boolean): void {
    const before = appends ? this.items(name) : [];
    this.#values.set(name, new Map([...before, ...items].map((item, index) => [String(index), item])));
  }

  unset(name: string): void {
    this.#values.delete(name);
  }
}
