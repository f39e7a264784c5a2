/** The meaning of the special characters in a pattern. */
export interface WildcardOptions {
  /** What `*` matches: `any` text (the default), or the name of one `file`, which is text without a slash. */
  readonly star?: "any" | "file";
  /** Whether `?` matches one character; by default it matches only a question mark. */
  readonly question?: boolean;
  readonly ignoreCase?: boolean;
}

/** Compiles a pattern for a whole text, in which only `*` (and optionally `?`) is special. For paths and globs use picomatch. */
export function wildcard(pattern: string, options: WildcardOptions = {}): RegExp {
  const star = options.star === "file" ? "[^/]*" : ".*";
  const literal = pattern.replaceAll(/[\\^$.+?*()[\]{}|]/g, "\\$&");
  const source = literal.replaceAll("\\*", star).replaceAll("\\?", options.question === true ? "." : "\\?");
  return new RegExp(`^${source}$`, options.ignoreCase === true ? "is" : "s");
}
