/** The paths of context values that expressions read, in lower case. */
export class ReadPaths {
  readonly #all = new Set<string>();
  /** The paths with `*` by the path of their list: `needs` for `needs.*.result`. */
  readonly #lists = new Map<string, string>();
  readonly #beginnings = new Set<string>();

  get all(): ReadonlySet<string> {
    return this.#all;
  }

  add(path: string): void {
    if (this.#all.has(path)) return;
    this.#all.add(path);
    for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
      const beginning = path.slice(0, dot);
      this.#beginnings.add(beginning);
      if (path[dot + 1] === "*" && !this.#lists.has(beginning)) this.#lists.set(beginning, path);
    }
  }

  /** The path with `*` that is read from the items of the list; undefined when there is none. */
  listBelow(path: string): string | undefined {
    return this.#lists.get(path);
  }

  /** Whether an expression reads a path below this one, which must then be a mapping. */
  hasBelow(path: string): boolean {
    return this.#beginnings.has(path);
  }
}
