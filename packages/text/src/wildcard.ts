export interface WildcardOptions {
  /** What a `*` stands for: `any` text, or what has no slash, the name of one `file`. Default `any`. */
  readonly star?: "any" | "file";
  /** Whether `?` stands for one character; otherwise it is itself. */
  readonly question?: boolean;
  readonly ignoreCase?: boolean;
}

/** A matcher for a whole text in which `*` is wild and everything else is itself. Paths and globs are picomatch's. */
export function wildcard(pattern: string, options: WildcardOptions = {}): RegExp {
  const star = options.star === "file" ? "[^/]*" : ".*";
  const literal = pattern.replaceAll(/[\\^$.+?*()[\]{}|]/g, "\\$&");
  const source = literal.replaceAll("\\*", star).replaceAll("\\?", options.question === true ? "." : "\\?");
  return new RegExp(`^${source}$`, options.ignoreCase === true ? "is" : "s");
}
