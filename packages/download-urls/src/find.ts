import { type Gateway, gatewayUrl, githubUrl, type ReleaseFile, type Repository } from "./gateway.ts";
import { SPELLINGS, type Spelling } from "./spelling.ts";

/** A download URL in a text. */
export interface FoundUrl extends ReleaseFile {
  readonly start: number;
  readonly end: number;
  readonly spelling: Spelling;
}

/** Finds the URLs of a repository's release files on GitHub, in order, without query and fragment. */
export function findGithubUrls(text: string, repository: Repository): readonly FoundUrl[] {
  return find(text, githubUrl(repository, { tag: "{tag}", file: "{file}" }), true);
}

/** Finds the URLs of release files on a gateway, in order. */
export function findGatewayUrls(text: string, gateway: Gateway): readonly FoundUrl[] {
  return find(text, gatewayUrl(gateway, { tag: "{tag}", file: "{file}" }));
}

/** @param anyHost whether the host may have `www.` and a port, which GitHub accepts */
function find(text: string, template: string, anyHost = false): readonly FoundUrl[] {
  return SPELLINGS.flatMap((spelling) =>
    [...text.matchAll(pattern(template, spelling, anyHost))].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      tag: spelling.decode(match.groups?.["tag"] ?? ""),
      file: spelling.decode(match.groups?.["file"] ?? ""),
      spelling,
    })),
  ).sort((left, right) => left.start - right.start);
}

function pattern(template: string, spelling: Spelling, anyHost: boolean): RegExp {
  const { segmentCharacter: character, slash, notAfter } = spelling;
  // A tag may contain slashes (`widget/v1.2.3`). The file is the last segment, without a full stop that ends a sentence
  // and without Markdown's emphasis marks (`_` and `~~`).
  const tag = `(?<tag>${character}+(?:${slash}${character}+)*)`;
  const file = `(?<file>${character}+(?<![._~]))`;
  // Nothing may follow that would make it another file or a folder.
  const end = `(?![._~]*(?:(?![._~])${character}|${slash}))`;
  const literal = (part: string): string =>
    [...part].map((char) => (char === "/" ? slash : char === ":" ? spelling.colon : quoted(char))).join("");
  const [, scheme = "", host = "", rest = template] =
    (anyHost ? /^(https:\/\/)([^/:]+)(\/.*)$/.exec(template) : null) ?? [];
  const port = `(?:${spelling.colon}443)?`;
  const origin = scheme === "" ? "" : `${literal(scheme)}(?:www\\.)?${literal(host)}${port}`;
  const parts = rest
    .split(/(\{tag\}|\{file\})/)
    .map((part) => (part === "{tag}" ? tag : part === "{file}" ? file : literal(part)));
  parts.unshift(origin);
  return new RegExp(`(?<!${notAfter})${parts.join("")}${end}`, "gi");
}

function quoted(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
}
