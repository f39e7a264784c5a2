import { type Gateway, gatewayUrl, githubUrl, type ReleaseFile, type Repository } from "./gateway.ts";
import { SPELLINGS, type Spelling } from "./spelling.ts";

/** A download URL in a text. */
export interface FoundUrl extends ReleaseFile {
  readonly start: number;
  readonly end: number;
  readonly spelling: Spelling;
}

/** Finds the URLs of a repository's release files on GitHub, in order. Query and fragment do not belong to them. */
export function findGithubUrls(text: string, repository: Repository): readonly FoundUrl[] {
  return find(text, githubUrl(repository, { tag: "{tag}", file: "{file}" }));
}

/** Finds the URLs of release files on a gateway, in order. */
export function findGatewayUrls(text: string, gateway: Gateway): readonly FoundUrl[] {
  return find(text, gatewayUrl(gateway, { tag: "{tag}", file: "{file}" }));
}

function find(text: string, template: string): readonly FoundUrl[] {
  return SPELLINGS.flatMap((spelling) =>
    [...text.matchAll(pattern(template, spelling))].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      tag: spelling.decode(match.groups?.["tag"] ?? ""),
      file: spelling.decode(match.groups?.["file"] ?? ""),
      spelling,
    })),
  ).sort((left, right) => left.start - right.start);
}

function pattern(template: string, spelling: Spelling): RegExp {
  const { segmentCharacter: character, slash, notAfter } = spelling;
  // A tag may hold slashes (`widget/v1.2.3`); the file is the last segment, without a full stop that ends a sentence.
  const tag = `(?<tag>${character}+(?:${slash}${character}+)*)`;
  const file = `(?<file>${character}+(?<!\\.))`;
  // Nothing more may follow that would make it another file or a folder.
  const end = `(?!\\.*(?:(?!\\.)${character}|${slash}))`;
  const literal = (part: string): string =>
    [...part].map((char) => (char === "/" ? slash : char === ":" ? spelling.colon : quoted(char))).join("");
  const parts = template
    .split(/(\{tag\}|\{file\})/)
    .map((part) => (part === "{tag}" ? tag : part === "{file}" ? file : literal(part)));
  return new RegExp(`(?<!${notAfter})${parts.join("")}${end}`, "gi");
}

function quoted(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
}
