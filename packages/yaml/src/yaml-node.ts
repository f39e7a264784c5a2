import { Fault, type Location } from "@release-actions/report";
import { createLocator, type Locator } from "@release-actions/text";
import type { Document, Node, ParsedNode } from "yaml";
import { yaml } from "./library.ts";

const { isAlias, isMap, isScalar, isSeq, parseDocument } = yaml;

/** A YAML file that cannot be read, or that is not shaped as it has to be. */
export class YamlError extends Fault {
  override readonly name = "YamlError";
}

type Placed = Location & { readonly line: number };

interface Source {
  readonly document: Document;
  readonly locate: Locator;
}

/** A few lines of aliases can stand for gigabytes (B155). */
const MAX_ALIASES = 100;

/**
 * A place in a YAML file. What is absent is a node too, at the place of what should have held it, so that
 * reading goes on and the caller decides what it means.
 */
export class YamlNode {
  readonly location: Placed;
  readonly #node: ParsedNode | null;
  readonly #source: Source;

  constructor(node: Node | null | undefined, source: Source, location: Placed) {
    const resolved = isAlias(node) ? node.resolve(source.document) : node;
    // Everything in the document was parsed, and an alias leads to a part of it.
    this.#node = (resolved ?? null) as ParsedNode | null;
    this.#source = source;
    this.location = location;
  }

  get isPresent(): boolean {
    return this.#node !== null && !(isScalar(this.#node) && this.#node.value === null);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** A string, number or boolean as text, which is how GitHub reads most fields; else `undefined`. */
  get text(): string | undefined {
    return isScalar(this.#node) && this.#node.value !== null ? String(this.#node.value) : undefined;
  }

  /** The value as JSON would hold it. */
  get value(): unknown {
    return this.#node?.toJS(this.#source.document, { maxAliasCount: MAX_ALIASES });
  }

  /** The value under a key; absent when this is not a mapping or lacks it. */
  get(key: string): YamlNode {
    return this.entries().find(([name]) => name === key)?.[1] ?? new YamlNode(null, this.#source, this.location);
  }

  /** Keys and values in the order of the file. The place of a value is that of its key. */
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

  /** The texts of a list, or of a single value standing for a list of one. */
  texts(): string[] {
    const nodes = this.isList ? this.items() : [this];
    return nodes.flatMap(({ text }) => (text === undefined ? [] : [text]));
  }
}

/**
 * Parses one YAML document (1.2 core schema and aliases, as GitHub does; merge keys are keys like any other).
 *
 * @throws YamlError with the place, for a duplicate key as for any other mistake.
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
