import type { Edit, Locator } from "@release-actions/text";
import { createLocator } from "@release-actions/text";
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import { PinsError, plainSite, type Site } from "../fact.ts";

export interface YamlFile {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly locate: Locator;
}

/** Parses one YAML 1.2 document. Aliases are followed one at a time, never expanded. */
export function parseYaml(text: string, file: string): YamlFile {
  const locate = createLocator(text, file);
  const conflict = /^(<{7}|>{7})( .*)?$/m.exec(text);
  if (conflict !== null) {
    const location = locate(conflict.index);
    throw new PinsError(`${file}:${location.line} holds the marker of a merge conflict (${conflict[1]})`, { location });
  }
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "silent" });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  const error = document?.errors[0];
  if (error !== undefined) {
    const location = locate(error.pos[0]);
    throw new PinsError(`${file}:${location.line} is not valid YAML: ${error.message}`, { location, cause: error });
  }
  return { file, text, document: document ?? parseDocument(""), locate };
}

/** The scalar at a path such as `spec.image` or `jobs.build.env.RUST`; a number selects an item of a sequence. */
export function yamlScalar({ document }: YamlFile, path: readonly string[]): Scalar | undefined {
  let node = resolve(document.contents, document);
  for (const key of path) {
    if (isMap(node)) node = resolve(node.items.find((pair) => keyOf(pair) === key)?.value, document);
    else if (isSeq(node) && /^\d+$/.test(key)) node = resolve(node.items[Number(key)], document);
    else return undefined;
  }
  return isScalar(node) ? node : undefined;
}

/** A scalar value of a document, with the keys above it, outermost first. */
interface PlacedScalar {
  readonly path: readonly string[];
  readonly scalar: Scalar;
  /** Whether it is an item of a sequence, and not the value of a key. */
  readonly isItem: boolean;
}

export function scalarValues({ document }: YamlFile): PlacedScalar[] {
  const found: PlacedScalar[] = [];
  visit(document, {
    Scalar(key, scalar, ancestors) {
      const path = ancestors.flatMap((each) => (isPair(each) ? [keyOf(each)] : []));
      if (key !== "key") found.push({ path, scalar, isItem: key !== "value" });
    },
  });
  return found;
}

/** Every `key: scalar` pair of a document. */
export function scalarPairs(yaml: YamlFile): PlacedScalar[] {
  return scalarValues(yaml).filter(({ isItem }) => !isItem);
}

/** The key and value pairs of a mapping. Aliases are followed and merge keys (`<<`) applied. */
export function mapEntries({ document }: YamlFile, node: unknown): [key: string, value: unknown][] {
  const map = resolve(node, document);
  if (!isMap(map)) return [];
  return map.items.flatMap((pair): [string, unknown][] => [[keyOf(pair), resolve(pair.value, document)]]);
}

/** The value under a key of a mapping. */
export function mapValue(yaml: YamlFile, node: unknown, key: string): unknown {
  return mapEntries(yaml, node).find(([name]) => name === key)?.[1];
}

/** The items of a sequence; a single scalar counts as a sequence of one. */
export function seqItems({ document }: YamlFile, node: unknown): unknown[] {
  const seq = resolve(node, document);
  if (isScalar(seq)) return [seq];
  return isSeq(seq) ? seq.items.map((item) => resolve(item, document)) : [];
}

/** A scalar's text as the file has it: `1.10` stays `1.10`. */
export function scalarText(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? (node.source ?? String(node.value)) : undefined;
}

/** A scalar as a site. Its value is the text in the file (`1.10` stays `1.10`); a rewrite keeps its quotes. */
export function scalarSite(yaml: YamlFile, scalar: Scalar): Site {
  const [start = 0, end = 0] = scalar.range ?? [];
  const source = yaml.text.slice(start, end);
  return plainSite({
    value: scalar.source ?? String(scalar.value),
    location: yaml.locate(start),
    rewrite: (value): Edit | undefined => {
      if (scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED") return undefined;
      return { start, end, text: formatScalar(value, source) };
    },
  });
}

/** Formats a value with the quotes of the old source if they can represent it. An unquoted value must read back as the same string. */
function formatScalar(value: string, old: string): string {
  if (old.startsWith("'") && !value.includes("\n")) return `'${value.replaceAll("'", "''")}'`;
  if (old.startsWith('"')) return JSON.stringify(value);
  const reread = parseDocument(`k: ${value}\n`);
  const scalar = yamlScalar({ document: reread, file: "", text: "", locate: createLocator("", "") }, ["k"]);
  const wasNumber = typeof yamlValue(old) === "number";
  const plain =
    reread.errors.length === 0 && (scalar?.value === value || (wasNumber && typeof scalar?.value === "number"));
  return plain && !/[#:]\s|\s#/.test(value) ? value : JSON.stringify(value);
}

function yamlValue(source: string): unknown {
  const { contents } = parseDocument(source);
  return isScalar(contents) ? contents.value : undefined;
}

function resolve(node: unknown, document: Document): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
}

/** The key of a pair as text; empty if it is not a scalar. */
export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}
