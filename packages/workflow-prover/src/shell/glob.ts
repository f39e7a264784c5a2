import { CannotTell } from "../choices.ts";

/** Converts a shell pattern (`*`, `?`, `[...]`) to a regular expression. The right side of `[[ =~ ]]` is not such a pattern. */
export function shellPattern(pattern: string): RegExp {
  return new RegExp(`^${patternSource(pattern, true)}$`, "s");
}

export function patternSource(pattern: string, isGreedy: boolean): string {
  if (/[@!+?*]\(/.test(pattern)) throw new CannotTell(`the pattern ${pattern}`);
  return pattern.replaceAll(/\\[\s\S]|\*|\?|\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === "*") return isGreedy ? "[\\s\\S]*" : "[\\s\\S]*?";
    if (part === "?") return "[\\s\\S]";
    if (part.startsWith("[") && part.length > 1) return part.replace(/^\[!/, "[^");
    return (part.length > 1 ? part.slice(1) : part).replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  });
}

/** Converts an extended regular expression, as in `[[ =~ ]]` and `grep -E`. */
export function extendedExpression(source: string, flags = ""): RegExp {
  const translated = source
    .replaceAll("[[:space:]]", "\\s")
    .replaceAll("[[:digit:]]", "\\d")
    .replaceAll("[[:alpha:]]", "[A-Za-z]")
    .replaceAll("[[:alnum:]]", "[A-Za-z0-9]")
    .replaceAll("\\<", "\\b")
    .replaceAll("\\>", "\\b");
  try {
    return new RegExp(translated, flags);
  } catch {
    throw new CannotTell(`the expression ${source}`);
  }
}
