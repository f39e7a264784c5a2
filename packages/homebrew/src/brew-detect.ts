import { decoded } from "./address.ts";

/**
 * A rule by which Homebrew reads the version from a URL when a formula has no `version` (Library/Homebrew/version.rb,
 * `Version.detect`; tested against it). The first rule that matches the whole URL or the stem of the file name wins.
 */
interface Rule {
  readonly of: "url" | "stem";
  readonly pattern: RegExp;
}

const DIGITS = String.raw`\d+(?:\.\d+)*`;
const DOTTED = String.raw`\d+(?:\.\d+)+`;
const TWO_OR_THREE = String.raw`\d+(?:\.\d+){1,2}`;
const CONTENT = `[._-](?:[bB][iI][nN]|[dD][iI][sS][tT]|[sS][tT][aA][bB][lL][eE]|[sS][rR][cC]|[sS][oO][uU][rR][cC][eE][sS]?|[fF][iI][nN][aA][lL]|[fF][uU][lL][lL])`;
const CANDIDATE = String.raw`[._-]?(?:[aA][lL][pP][hH][aA]|[bB][eE][tT][aA]|[pP][rR][eE]|[rR][cC])\.?\d{0,2}`;

const RULES: readonly Rule[] = [
  stem(String.raw`(?:^|[._-]?)v?(\d{4}-\d{2}-\d{2})`),
  url(String.raw`github\.com/.+/(?:zip|tar)ball/(?:v|\w+-)?((?:\d+[._-])+\d*)$`),
  url(String.raw`github\.com/.+/releases/download/(?:[rvV]_?)?(${DOTTED})/`),
  url(String.raw`[_-]([Rr]\d+[AaBb]\d*(?:-\d+)?)`),
  stem(String.raw`((?:\d+_)+\d+)$`),
  stem(String.raw`[_-](${DOTTED}-(?:p|P|rc|RC)?\d+)(?:${CONTENT})?$`),
  stem(`^v?(${DOTTED}(?:-${DIGITS})+)`),
  url(`[-v](${DIGITS})$`),
  stem(String.raw`-(\d+-\d+)`),
  stem(`-(${DIGITS})$`),
  stem(String.raw`-(${DIGITS}(?:.post\d+)?)$`),
  stem(String.raw`-(${DIGITS}(?:[abc]|rc|RC)\d*)$`),
  stem(String.raw`-(${DIGITS}-(?:alpha|beta|rc)\d*)$`),
  stem(`-(${TWO_OR_THREE})-w(?:in)?(?:32|64)$`),
  stem(String.raw`\.(${TWO_OR_THREE})\+opam$`),
  stem(String.raw`[_-](${TWO_OR_THREE}(?:-\d+)?)[._-](?:i[36]86|x86|x64(?:[_-](?:32|64))?)$`),
  stem(`[-.vV]?(${DOTTED}${CANDIDATE})`),
  stem(`(${DIGITS})$`),
  stem(`[-vV](${DOTTED}[abc]?)${CONTENT}$`),
  stem(`-(${DOTTED})-`),
  stem(String.raw`_(${DIGITS}[abc]?)\.orig$`),
  stem(String.raw`-v?(\d[^-]+)`),
  stem(String.raw`_v?(\d[^_]+)`),
  url(String.raw`/(?:[rvV]_?)?(\d+\.\d+(?:\.\d+){0,2})`),
  stem(String.raw`\.v(\d+[a-z]?)`),
  url(`[-.vV]?(${DOTTED}(?:${CANDIDATE})?)`),
];

/** A longer address is cut, because some rules take quadratic time. */
const MAX_LENGTH = 2000;

/** The version that Homebrew detects; `undefined` when it finds none. */
export function detectBrewVersion(address: string): string | undefined {
  // Each run of escapes is decoded for itself, since Homebrew keeps invalid ones.
  const spec = address
    .slice(0, MAX_LENGTH)
    .replaceAll("+", " ")
    .replace(/(?:%[0-9a-f]{2})+/gi, decoded);
  for (const [index, { of, pattern }] of RULES.entries()) {
    const version = pattern.exec(of === "url" ? spec : stemOf(spec))?.[1];
    if (version !== undefined && version !== "") return index === 4 ? version.replaceAll("_", ".") : version;
  }
  return undefined;
}

function stem(pattern: string): Rule {
  return { of: "stem", pattern: new RegExp(pattern, "m") };
}

function url(pattern: string): Rule {
  return { of: "url", pattern: new RegExp(pattern, "m") };
}

/** The file name without the part that Homebrew treats as its extension (extend/pathname.rb, `stem`). */
function stemOf(spec: string): string {
  const segments = spec.replace(/\/+$/, "").split("/");
  const base = segments.at(-1) ?? "";
  if (/(?:sourceforge\.net|sf\.net)\/.*\/download$/.test(spec)) return withoutExtension(segments.at(-2) ?? "");
  return /\.[^a-zA-Z]+$/m.test(spec) ? base : withoutExtension(base);
}

function withoutExtension(base: string): string {
  const extension =
    /\.[a-z0-9_]+\.bottle\.(?:\d+\.)?tar\.gz$/.exec(base)?.[0] ??
    /\.(?:tar|cpio|pax)\.(?:gz|bz2|lz|xz|zst|Z)$/.exec(base)?.[0] ??
    (/\b\d+\.\d+[^.]*$/.test(base) && !base.endsWith(".7z") ? "" : (/(?!^)\.[^.]*$/.exec(base)?.[0] ?? ""));
  return extension === "" ? base : base.slice(0, -extension.length);
}
