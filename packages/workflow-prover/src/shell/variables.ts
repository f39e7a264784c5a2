import { cached } from "../cached.ts";

/** The variables of a script. Each is an array: a map from index to value, in the order of the indexes. A plain value has the index 0. */
export class Variables {
  readonly #values = new Map<string, Map<string, string>>();
  /** The arguments of the script or function: `$1`, `$2`, ... */
  positional: readonly string[] = [];
  status = 0;

  constructor(env: ReadonlyMap<string, string>) {
    for (const [name, value] of env) this.set(name, value);
  }

  /** Runs `work` as in a subshell. Afterwards all variables are restored, except the status. */
  isolated<T>(work: () => T): T {
    const [values, positional] = [new Map(this.#values), this.positional];
    for (const [name, value] of values) this.#values.set(name, new Map(value));
    try {
      return work();
    } finally {
      this.#values.clear();
      for (const [name, value] of values) this.#values.set(name, value);
      this.positional = positional;
    }
  }

  /** Runs a function with its own arguments. */
  withPositional<T>(args: readonly string[], work: () => T): T {
    const outer = this.positional;
    this.positional = args;
    try {
      return work();
    } finally {
      this.positional = outer;
    }
  }

  get(name: string): string | undefined {
    if (name === "?") return String(this.status);
    if (name === "#") return String(this.positional.length);
    if (name === "@" || name === "*") return this.positional.join(" ");
    if (/^\d+$/.test(name)) return name === "0" ? "bash" : this.positional[Number(name) - 1];
    return this.item(name, "0");
  }

  items(name: string): readonly string[] {
    return name === "@" || name === "*" ? this.positional : [...(this.#values.get(name)?.values() ?? [])];
  }

  keys(name: string): readonly string[] {
    return [...(this.#values.get(name)?.keys() ?? [])];
  }

  item(name: string, index: string): string | undefined {
    return this.#values.get(name)?.get(index);
  }

  set(name: string, value: string): void {
    this.#values.set(name, new Map([["0", value]]));
  }

  setItem(name: string, index: string, value: string): void {
    cached(this.#values, name, () => new Map<string, string>()).set(index, value);
  }

  setArray(name: string, items: readonly string[], appends: boolean): void {
    const before = appends ? this.items(name) : [];
    this.#values.set(name, new Map([...before, ...items].map((item, index) => [String(index), item])));
  }

  unset(name: string): void {
    this.#values.delete(name);
  }
}
