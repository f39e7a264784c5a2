import { type FoundUrl, findGatewayUrls, findGithubUrls } from "./find.ts";
import { type Gateway, gatewayUrl, githubUrl } from "./gateway.ts";

/** One URL of a text, as it is on either side. */
export interface Download {
  /** Of the text, from 1. */
  readonly line: number;
  readonly tag: string;
  readonly file: string;
  readonly githubUrl: string;
  readonly gatewayUrl: string;
}

export interface Rewritten {
  readonly text: string;
  /** Rewritten now. */
  readonly changed: readonly Download[];
  /** Found already as it should be. */
  readonly alreadyRight: readonly Download[];
}

export interface RewriteOptions {
  readonly gateway: Gateway;
  readonly direction: "to-gateway" | "to-github";
  /** Which files count, by name. */
  readonly isWanted: (file: string) => boolean;
  /**
   * In a Homebrew formula: keep GitHub's URL as the fallback (docs.brew.sh, Formula Cookbook, `mirror`).
   * A `mirror` line is never rewritten itself.
   */
  readonly formula?: { readonly mirror: boolean };
}

/**
 * Rewrites download URLs and nothing else. Doing it twice does nothing more. The text may be bytes read
 * as Latin-1, so that any encoding that extends ASCII passes unharmed.
 */
export function rewriteUrls(text: string, options: RewriteOptions): Rewritten {
  const { gateway, direction, isWanted } = options;
  const onGithub = findGithubUrls(text, gateway.repository);
  const onGateway = findGatewayUrls(text, gateway);
  const lineOf = lineFinder(text);
  const isMirror = (url: FoundUrl): boolean =>
    options.formula !== undefined && /^\s*mirror\b/.test(lineAt(text, url.start));
  const describe = (url: FoundUrl): Download => ({
    line: lineOf(url.start),
    tag: url.tag,
    file: url.file,
    githubUrl: githubUrl(gateway.repository, url),
    gatewayUrl: gatewayUrl(gateway, url),
  });
  const [from, to] = direction === "to-gateway" ? [onGithub, onGateway] : [onGateway, onGithub];
  const chosen = from.filter((url) => isWanted(url.file) && !isMirror(url));
  const target = direction === "to-gateway" ? "gatewayUrl" : "githubUrl";
  const written = replaceAll(text, chosen, (url) => describe(url)[target]);
  return {
    text: options.formula === undefined ? written : alignMirrors(written, options),
    changed: chosen.map(describe),
    alreadyRight: to.filter((url) => isWanted(url.file) && !isMirror(url)).map(describe),
  };
}

function replaceAll(text: string, urls: readonly FoundUrl[], replacement: (url: FoundUrl) => string): string {
  let written = "";
  let end = 0;
  for (const url of urls) {
    written += text.slice(end, url.start) + url.spelling.encode(replacement(url));
    end = url.end;
  }
  return written + text.slice(end);
}

/** Puts a `mirror` line after each `url` line that needs one, or takes away the ones that repeat their `url`. */
function alignMirrors(text: string, { gateway, direction, formula, isWanted }: RewriteOptions): string {
  const lines = text.split(/(?<=\n)/);
  const aligned = lines.flatMap((line, index) => {
    const next = lines[index + 1] ?? "";
    if (direction === "to-github") {
      const url = quoted(line, "mirror");
      return url !== undefined && url === quoted(lines[index - 1] ?? "", "url") ? [] : [line];
    }
    const [, indent = "", quote = ""] = /^(\s*)url\s+(["'])/.exec(line) ?? [];
    const [found] = quote === "" ? [] : findGatewayUrls(line, gateway);
    if (
      formula?.mirror !== true ||
      found === undefined ||
      !isWanted(found.file) ||
      quoted(next, "mirror") !== undefined
    ) {
      return [line];
    }
    const lineEnd = /\r?\n$/.exec(line)?.[0] ?? "\n";
    return [line, `${indent}mirror ${quote}${githubUrl(gateway.repository, found)}${quote}${lineEnd}`];
  });
  return aligned.join("");
}

function quoted(line: string, word: "url" | "mirror"): string | undefined {
  return new RegExp(`^\\s*${word}\\s+(["'])(.*?)\\1`).exec(line)?.[2];
}

function lineAt(text: string, offset: number): string {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

/** Tells the line, from 1, that an offset is on. */
function lineFinder(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index);
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
