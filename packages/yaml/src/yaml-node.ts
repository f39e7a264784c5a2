import { Fault, type Location } from "@release-actions/report";
import { createLocator, type Locator } from "@release-actions/text";
import type { Document, Node, ParsedNode } from "yaml";
import { yaml } from "./library.ts";

const { isAlias, isMap, isScalar, isSeq, parseDocument } = yaml;

/** Thrown for a file that is not valid YAML, or does not have the expected structure. */
export class YamlError extends Fault {
  override readonly name = "YamlError";
}

type Placed = Location & { readonly line: number };

interface Source {
  readonly document: Document;
  readonly locate: Locator;
}

/** The most aliases in a file: a few lines of nested aliases can expand to gigabytes. */
const MAX_ALIASES = 100;

/**
 * A value in a YAML file. A missing value is a node too, with the location of the node that should contain it, so that
 * reading can continue and the caller decides what a missing value means.
 */
export class YamlNode {
  readonly location: Placed;
  readonly #node: ParsedNode | null;
  readonly #source: Source;

  constructor(node: Node | null | undefined, source: Source, location: Placed) {
    const resolved = isAlias(node) ? node.resolve(source.document) : node;
    // The cast is safe: all nodes of the document were parsed, and an alias refers to one of them.
    this.#node = (resolved ?? null) as ParsedNode | null;
    this.#source = source;
    this.location = location;
  }

  get isPresent(): boolean {
    return this.#node !== null && !(isScalar(this.#node) && this.#node.value === null);
  }

  /** The same object for each alias of one part of the file. */
  get identity(): object {
    return this.#node ?? this;
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** A string, number or boolean as text, as GitHub reads most fields; undefined for anything else. */
  get text(): string | undefined {
    return isScalar(this.#node) && this.#node.value !== null ? String(this.#node.value) : undefined;
  }

  /** The value as plain data, as in JSON. */
  get value(): unknown {
    return this.#node?.toJS(this.#source.document, { maxAliasCount: MAX_ALIASES });
  }

  /** The value under a key; absent when this is not a mapping or lacks it. */
  get(key: string): YamlNode {
    return this.entries().find(([name]) => name === key)?.[1] ?? new YamlNode(null, this.#source, this.location);
  }

  /** The keys and values in the order of the file. The location of a value is that of its key. */
  entries(): [key: string, value: YamlNode][] {
    if (!isMap<ParsedNode, ParsedNode | null>(this.#node)) return [];
    return this.#node.items.map(({ key, value }) => {
      const location = this.#source.locate(key.range[0]);
      return [isScalar(key) ? String(key.value) : "", new YamlNode(value, this.#source, location)];
    });
  }

  items(): YamlNode[] {
    if (!isSeq<ParsedNode>(this.#node)) return [];
    return this.#node.items.map((item) => new YamlNode(item, this.#source, this.#source.locate(item.range[0])));
  }

  /** The texts of a list; a single value counts as a list of one. */
  texts(): string[] {
    const nodes = this.isList ? this.items() : [this];
    return nodes.flatMap(({ text }) => (text === undefined ? [] : [text]));
  }
}

/**
 * Parses one YAML document (1.2 core schema and aliases, as GitHub does; merge keys are keys like any other).
 *
 * @throws YamlError with the location, for invalid YAML and for duplicate keys
 */
export function parseYaml(text: string, file: string): YamlNode {
  const locate = createLocator(text, file);
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const location = locate(error.pos[0]);
    throw new YamlError(`${file}:${location.line}: ${error.message}`, { location });
  }
  return new YamlNode(document.contents, { document, locate }, { file, line: 1 });
}
