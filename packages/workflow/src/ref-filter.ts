import type { YamlNode } from "@release-actions/yaml";

/**
 * Whether a branch or tag name matches a filter pattern (docs: "Workflow syntax", filter pattern cheat sheet):
 * `*` within a path segment, `**` across, `?` and `+` after a character, `[...]`; a leading `!` takes back.
 */
export function matchesFilter(name: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) matched &&= !toRegExp(pattern.slice(1)).test(name);
    else matched ||= toRegExp(pattern).test(name);
  }
  return matched;
}

/** Branches or tags that a `push`-like trigger lets through. */
export function passes(filters: YamlNode, kind: "branches" | "tags", name: string): boolean {
  const [only, ignored] = [filters.get(kind), filters.get(`${kind}-ignore`)];
  if (only.isPresent) return matchesFilter(name, only.texts());
  if (ignored.isPresent) return !matchesFilter(name, ignored.texts());
  // A filter for the other kind alone leaves this kind out.
  const other = kind === "branches" ? "tags" : "branches";
  return !(filters.get(other).isPresent || filters.get(`${other}-ignore`).isPresent);
}

/** A name that a pattern matches, for trying conditions with. */
export function sampleOf(pattern: string): string {
  return pattern
    .replace(/\*\*?/g, "x")
    .replace(/\[(.)[^\]]*\]/g, "$1")
    .replace(/[+?]/g, "");
}

function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\\.|\*\*\/?|\*|\[[^\]]*\]|[?+]|[^*[?+\\]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part.startsWith("[") || part === "?" || part === "+") return part;
    return part.replace(/^\\/, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`);
}
