import { globSync } from "node:fs";
import {
  type Dockerfile,
  editWithin,
  findStage,
  imagesOf,
  type StageVariable,
  type Word,
} from "@release-actions/dockerfile";
import type { Location } from "@release-actions/report";
import type { Edit } from "@release-actions/text";
import { atPath, parsePath, replaceString, type TomlDocument, type TomlNode } from "@release-actions/toml";
import { findNodeAtLocation, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { PinsError, plainSite, type Site } from "../fact.ts";
import type { Repository } from "./repository.ts";
import { scalarSite, yamlScalar } from "./yaml-file.ts";

/** How to find a fact in a file. */
export type Locator =
  | { readonly kind: "toml" | "yaml"; readonly path: string }
  | { readonly kind: "json"; readonly pointer: string }
  /** The image a stage starts from, or every image of the file. */
  | { readonly kind: "from"; readonly stage: string | undefined }
  | { readonly kind: "env"; readonly name: string; readonly stage: string }
  /** Every match of a pattern with one group. */
  | { readonly kind: "regex"; readonly pattern: RegExp };

/** All places in one file that a locator matches. @throws PinsError when there is none. */
export function locateIn(repository: Repository, file: string, locator: Locator): Site[] {
  const { sites, wanted } = find(repository, file, locator);
  if (sites.length > 0) return sites;
  throw new PinsError(`${file} has no ${wanted}`, { location: { file, line: 1 } });
}

/** The files that a name or glob matches. @throws PinsError when there is none. */
export function filesFor(repository: Repository, pattern: string, location: Location): string[] {
  if (!/[*?[{]/.test(pattern)) return [pattern];
  const found = globSync(pattern, { cwd: repository.root }).map((name) => name.replaceAll("\\", "/"));
  if (found.length > 0) return found.sort();
  throw new PinsError(`${location.file}:${location.line}: no file matches ${pattern}`, { location });
}

/** The places, and what they are places of, for the message that there is none. */
function find(repository: Repository, file: string, locator: Locator): { sites: Site[]; wanted: string } {
  switch (locator.kind) {
    case "toml": {
      const document = repository.toml(file);
      const node = atPath(document.root, parsePath(locator.path) ?? []);
      return { sites: node === undefined ? [] : [tomlSite(document, node)], wanted: `value at ${locator.path}` };
    }
    case "yaml": {
      const yaml = repository.yaml(file);
      const scalar = yamlScalar(yaml, parsePath(locator.path) ?? []);
      return { sites: scalar === undefined ? [] : [scalarSite(yaml, scalar)], wanted: `value at ${locator.path}` };
    }
    case "json":
      return { sites: jsonSites(repository, file, locator.pointer), wanted: `value at ${locator.pointer}` };
    case "from":
      return { sites: stageImages(repository.dockerfile(file), locator.stage), wanted: "image" };
    case "env": {
      const variable = findStage(repository.dockerfile(file), locator.stage).env.get(locator.name);
      const wanted = `ENV ${locator.name} in stage ${locator.stage}`;
      return { sites: variable === undefined ? [] : [wordSite(variable)], wanted };
    }
    case "regex":
      return {
        sites: regexSites(repository, file, locator.pattern),
        wanted: `match of /${locator.pattern.source}/`,
      };
  }
}

/** The image that a stage is finally based on, or every image of the file. */
function stageImages(dockerfile: Dockerfile, name: string | undefined): Site[] {
  if (name === undefined) return imagesOf(dockerfile).map(imageSite);
  let stage = findStage(dockerfile, name);
  while (stage.parent !== undefined) stage = stage.parent;
  return [imageSite({ word: stage.base, location: stage.location })];
}

export function tomlSite(document: TomlDocument, node: TomlNode): Site {
  const { location, start, end } = node;
  if (node.kind === "string") {
    return plainSite({ value: node.value, location, rewrite: (value) => replaceString(document, node, value) });
  }
  if (node.kind === "array") {
    const items = node.items.map((item) =>
      item.kind === "string" ? item.value : document.text.slice(item.start, item.end),
    );
    const last = node.items.at(-1);
    const append = (added: readonly string[]) =>
      last && { start: last.end, end: last.end, text: added.map((item) => `, ${JSON.stringify(item)}`).join("") };
    return { value: items.join(" "), items, location, append };
  }
  if (node.kind === "table") return plainSite({ value: document.text.slice(start, end), location });
  return plainSite({ value: node.value, location, rewrite: (text) => ({ start, end, text }) });
}

/** A site for a value in a Dockerfile. A rewrite changes only the part that differs, if necessary in the ARG that it comes from. */
export function wordSite({ word, location }: StageVariable): Site {
  return plainSite({ value: word.value, location, rewrite: (value) => editsOf(word, value) });
}

/** The offsets in the file of the parts that a word is composed of. */
export function startsOf(word: Word): number[] {
  return word.parts.flatMap(({ start }) => start ?? []);
}

function editsOf(word: Word, value: string): Edit[] | undefined {
  const whole = editsBetween(word, 0, word.value, value);
  const [before, after] = [word.value.indexOf("@"), value.indexOf("@")];
  if (whole !== undefined || before < 0 || after < 0) return whole;
  // The tag of an image may come from a variable while its digest does not, so both are edited separately.
  const name = editsBetween(word, 0, word.value.slice(0, before), value.slice(0, after));
  const digest = editsBetween(word, before, word.value.slice(before), value.slice(after));
  return name && digest && [...name, ...digest];
}

/** The edits that change `before`, which begins at an offset in the word, to `after`. */
function editsBetween(word: Word, offset: number, before: string, after: string): Edit[] | undefined {
  if (before === after) return [];
  const { from, to, text } = difference(before, after);
  const edit = editWithin(word, offset + from, offset + to, text);
  return edit && [edit];
}

export function imageSite(image: StageVariable): Site {
  return { ...wordSite(image), isImage: true };
}

export function regexSites(repository: Repository, file: string, pattern: RegExp): Site[] {
  const text = repository.text(file);
  const flags = new Set([...pattern.flags, "g", "d", "m"]);
  return [...text.matchAll(new RegExp(pattern.source, [...flags].join("")))].flatMap((match) => {
    const [start, end] = match.indices?.[1] ?? [];
    if (start === undefined || end === undefined) return [];
    const location = repository.locator(file)(start);
    const site = plainSite({ value: text.slice(start, end), location });
    // If a digest follows the match, rewriting the tag alone would leave the digest of another image.
    if (/^@sha256:/.test(text.slice(end, end + 8))) return [site];
    return [{ ...site, rewrite: (value) => ({ start, end, text: value }) }];
  });
}

function jsonSites(repository: Repository, file: string, pointer: string): Site[] {
  const text = repository.text(file).replace(/^\uFEFF/, " ");
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error !== undefined || root === undefined) {
    const location = repository.locator(file)(error?.offset ?? 0);
    const why = error === undefined ? "it is empty" : printParseErrorCode(error.error);
    throw new PinsError(`${file}:${location.line} is not valid JSON: ${why}`, { location });
  }
  // RFC 6901: ~1 stands for a slash, ~0 for a tilde.
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  let node: typeof root | undefined = root;
  for (const key of keys) node = node && findNodeAtLocation(node, [node.type === "array" ? Number(key) : key]);
  if (node === undefined) return [];
  const { offset, length } = node;
  const value = node.type === "string" ? String(node.value) : text.slice(offset, offset + length);
  const format = (next: string): string => (node.type === "string" ? JSON.stringify(next) : next);
  const location = repository.locator(file)(offset);
  return [
    plainSite({ value, location, rewrite: (next) => ({ start: offset, end: offset + length, text: format(next) }) }),
  ];
}

/** The smallest range of `before` that must change to turn it into `after`. */
function difference(before: string, after: string): { from: number; to: number; text: string } {
  let from = 0;
  while (from < Math.min(before.length, after.length) && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - from && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { from, to: before.length - tail, text: after.slice(from, after.length - tail) };
}
