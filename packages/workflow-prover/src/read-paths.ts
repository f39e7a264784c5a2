/** The paths of context values that expressions read, in lower case. */
export class ReadPaths {
  readonly all = new Set<string>();
  /** For the items of a list, the path with `*` that is read: `needs.*.result` for `needs`. */
  readonly lists = new Map<string, string>();
  /** The paths below which an expression reads another, and which must therefore be mappings. */
  readonly beginnings = new Set<string>();

  add(path: string): void {
    if (this.all.has(path)) return;
    this.all.add(path);
    for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
      const beginning = path.slice(0, dot);
      this.beginnings.add(beginning);
      if (path[dot + 1] === "*" && !this.lists.has(beginning)) this.lists.set(beginning, path);
    }
  }
}
