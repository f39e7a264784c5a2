import { applyEdits, createLocator } from "@release-actions/text";
import { type FoundUrl, findGatewayUrls, findGithubUrls } from "./find.ts";
import { type Gateway, gatewayUrl, githubUrl } from "./gateway.ts";

/** A download in a text, with its URLs on GitHub and on the gateway. */
export interface Download {
  /** The line in the text, from 1. */
  readonly line: number;
  readonly tag: string;
  readonly file: string;
  readonly githubUrl: string;
  readonly gatewayUrl: string;
}

export interface Rewritten {
  readonly text: string;
  /** The URLs that were rewritten. */
  readonly changed: readonly Download[];
  /** The URLs that needed no change. */
  readonly alreadyRight: readonly Download[];
}

export interface RewriteOptions {
  readonly gateway: Gateway;
  readonly direction: "to-gateway" | "to-github";
  /** Whether to rewrite the URL of a file, by its name. */
  readonly isWanted: (file: string) => boolean;
  /**
   * Set for a Homebrew formula. With `mirror`, GitHub's URL stays as the fallback (docs.brew.sh, Formula Cookbook,
   * `mirror`). The `mirror` lines themselves are never rewritten.
   */
  readonly formula?: { readonly mirror: boolean };
}

/**
 * Rewrites download URLs and nothing else; a second run changes nothing. The text may be bytes decoded as Latin-1, so
 * that any superset of ASCII is preserved.
 */
export function rewriteUrls(text: string, options: RewriteOptions): Rewritten {
  const { gateway, direction, isWanted } = options;
  const onGithub = findGithubUrls(text, gateway.repository);
  const onGateway = findGatewayUrls(text, gateway);
  const locate = createLocator(text, "");
  const isMirror = (url: FoundUrl): boolean =>
    options.formula !== undefined && /^\s*mirror\b/.test(lineAt(text, url.start));
  const describe = (url: FoundUrl): Download => ({
    line: locate(url.start).line,
    tag: url.tag,
    file: url.file,
    githubUrl: githubUrl(gateway.repository, url),
    gatewayUrl: gatewayUrl(gateway, url),
  });
  const [from, to] = direction === "to-gateway" ? [onGithub, onGateway] : [onGateway, onGithub];
  const chosen = from.filter((url) => isWanted(url.file) && !isMirror(url));
  const target = direction === "to-gateway" ? "gatewayUrl" : "githubUrl";
  const written = applyEdits(
    text,
    chosen.map((url) => ({ ...url, text: url.spelling.encode(describe(url)[target]) })),
  );
  return {
    text: options.formula === undefined ? written : alignMirrors(written, options),
    changed: chosen.map(describe),
    alreadyRight: to.filter((url) => isWanted(url.file) && !isMirror(url)).map(describe),
  };
}

/** Adds a `mirror` line after each `url` line that needs one, or removes those with the same URL as their `url` line. */
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
