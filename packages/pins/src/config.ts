import type { Location } from "@release-actions/report";
import { parsePath } from "@release-actions/toml";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import { PinsError, type Relation, type RelationKind } from "./fact.ts";
import type { Locator } from "./locate/locator.ts";
import { keyOf, type YamlFile } from "./locate/yaml-file.ts";

export interface FactSpec {
  readonly name: string;
  readonly file: string;
  readonly locator: Locator | { readonly kind: "git-tag"; readonly strip: string };
  /** Narrows the value to the one group of this pattern. */
  readonly match: RegExp | undefined;
  readonly location: Location & { readonly line: number };
}

export interface Exception {
  readonly fact: string;
  readonly reason: string;
  /** The last day on which the exception applies, `YYYY-MM-DD`. */
  readonly until: string | undefined;
  readonly location: Location & { readonly line: number };
}

export interface PinsConfig {
  readonly detect: boolean;
  readonly facts: readonly FactSpec[];
  readonly relations: readonly Relation[];
  readonly exceptions: readonly Exception[];
  /** The Rust release in images, by repository and tag. */
  readonly images: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const RELATION_KINDS: readonly RelationKind[] = ["equal", "same-minor", "at-least", "subset", "pinned"];

/**
 * Reads `pins.yml`, whose schema is schema.json.
 *
 * @throws PinsError with the line of anything that the schema does not allow
 */
export function parseConfig(yaml: YamlFile): PinsConfig {
  const reader = new ConfigReader(yaml);
  const root = reader.map(yaml.document.contents, "pins.yml", ["detect", "facts", "relations", "exceptions", "images"]);
  const facts = reader.pairs(root.get("facts"), "facts").map(([name, node]) => reader.fact(name, node));
  const names = new Set(facts.map((fact) => fact.name));
  const detect = reader.flag(root.get("detect"), "detect");
  return {
    detect,
    facts,
    relations: reader.list(root.get("relations"), "relations").map((node, at) => reader.relation(node, at, names)),
    exceptions: reader.list(root.get("exceptions"), "exceptions").map((node) => reader.exception(node, names, detect)),
    images: new Map(
      reader
        .pairs(root.get("images"), "images")
        .map(([image, tags]) => [
          image,
          new Map(reader.pairs(tags, image).map(([tag, version]) => [tag, reader.text(version, tag)])),
        ]),
    ),
  };
}

type Fields = ReadonlyMap<string, unknown>;

class ConfigReader {
  readonly #yaml: YamlFile;

  constructor(yaml: YamlFile) {
    this.#yaml = yaml;
  }

  fact(name: string, node: unknown): FactSpec {
    const keys = ["file", "toml", "yaml", "json", "from", "env", "stage", "regex", "git", "strip", "match"];
    const fields = this.map(node, `fact ${name}`, keys);
    const match = fields.get("match");
    return {
      name,
      file: fields.has("git") ? "" : this.text(fields.get("file") ?? node, `file of fact ${name}`),
      locator: this.#locator(name, node, fields),
      match: match === undefined ? undefined : this.#pattern(match),
      location: this.place(node),
    };
  }

  relation(node: unknown, at: number, names: ReadonlySet<string>): Relation {
    const fields = this.map(node, `relation ${at + 1}`, ["name", "leader", "severity", "advice", ...RELATION_KINDS]);
    const kinds = RELATION_KINDS.filter((kind) => fields.has(kind));
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      throw this.fault(node, `a relation must have exactly one of ${RELATION_KINDS.join(", ")}`);
    }
    const known = (value: unknown, what: string): string => {
      const name = this.text(value, what);
      if (!names.has(name)) throw this.fault(value, `there is no fact "${name}"`);
      return name;
    };
    const leader = fields.get("leader");
    if ((leader === undefined) !== (kind === "pinned")) {
      throw this.fault(
        node,
        kind === "pinned"
          ? "a relation with `pinned` must not have a `leader`"
          : `a relation with \`${kind}\` must have a \`leader\``,
      );
    }
    const severity = this.#optional(fields, "severity") ?? "error";
    if (severity !== "error" && severity !== "warning")
      throw this.fault(fields.get("severity"), "`severity` must be error or warning");
    const followers = fields.get(kind);
    return {
      name: this.#optional(fields, "name") ?? kind,
      kind,
      leader: leader === undefined ? undefined : known(leader, "leader"),
      followers: (isSeq(followers) ? followers.items : [followers]).map((value) => known(value, kind)),
      severity,
      advice: this.#optional(fields, "advice"),
    };
  }

  exception(node: unknown, names: ReadonlySet<string>, detect: boolean): Exception {
    const fields = this.map(node, "exception", ["fact", "reason", "until"]);
    const fact = this.text(fields.get("fact") ?? node, "fact of an exception");
    if (!detect && !names.has(fact)) throw this.fault(fields.get("fact"), `there is no fact "${fact}"`);
    const until = this.#optional(fields, "until");
    if (until !== undefined && !isDay(until))
      throw this.fault(fields.get("until"), `"${until}" is not a day: write YYYY-MM-DD`);
    return {
      fact,
      reason: this.text(fields.get("reason") ?? node, "reason of an exception"),
      until,
      location: this.place(node),
    };
  }

  map(node: unknown, what: string, known: readonly string[]): Fields {
    const fields = new Map(this.pairs(node ?? undefined, what));
    const unknown = isMap(node) ? node.items.find((pair) => !known.includes(keyOf(pair))) : undefined;
    if (unknown === undefined) return fields;
    throw this.fault(unknown.key, `${what}: unknown key "${keyOf(unknown)}", expected ${known.join(", ")}`);
  }

  pairs(node: unknown, what: string): [string, unknown][] {
    if (node === undefined) return [];
    if (!isMap(node)) throw this.fault(node, `${what}: expected a mapping`);
    return node.items.map((pair) => [keyOf(pair), pair.value]);
  }

  list(node: unknown, what: string): unknown[] {
    if (node === undefined) return [];
    if (!isSeq(node)) throw this.fault(node, `${what}: expected a list`);
    return node.items;
  }

  text(node: unknown, what: string): string {
    if (isScalar(node) && node.value !== null) return node.source ?? String(node.value);
    throw this.fault(node, `${what}: expected a string`);
  }

  flag(node: unknown, what: string): boolean {
    if (node === undefined) return false;
    if (isScalar(node) && typeof node.value === "boolean") return node.value;
    throw this.fault(node, `${what}: expected true or false`);
  }

  place(node: unknown): Location & { readonly line: number } {
    return this.#yaml.locate((node as Node | undefined)?.range?.[0] ?? 0); // Here `node` is always a YAML node or undefined.
  }

  fault(node: unknown, message: string): PinsError {
    const location = this.place(node);
    return new PinsError(`${location.file}:${location.line}: ${message}`, { location });
  }

  #locator(name: string, node: unknown, fields: Fields): FactSpec["locator"] {
    const kinds = ["toml", "yaml", "json", "from", "env", "regex", "git"].filter((key) => fields.has(key));
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      throw this.fault(node, `fact ${name} must have exactly one of toml, yaml, json, from, env, regex, git`);
    }
    const value = this.text(fields.get(kind), `${kind} of fact ${name}`);
    const refuse = (message: string): PinsError => this.fault(fields.get(kind), `fact ${name}: ${message}`);
    switch (kind) {
      case "toml":
      case "yaml":
        if (parsePath(value) === undefined) throw refuse(`"${value}" is not a path such as workspace.package.version`);
        return { kind, path: value };
      case "json":
        if (!value.startsWith("/")) throw refuse(`"${value}" is not a JSON pointer, which starts with a slash`);
        return { kind, pointer: value };
      case "from":
        return { kind, stage: value === "*" ? undefined : value };
      case "env":
        return { kind, name: value, stage: this.text(fields.get("stage") ?? node, `stage of fact ${name}`) };
      case "regex":
        return { kind, pattern: this.#pattern(fields.get(kind)) };
      default:
        if (value !== "tag") throw refuse("the value of `git` must be tag");
        return { kind: "git-tag", strip: this.#optional(fields, "strip") ?? "v" };
    }
  }

  #pattern(node: unknown): RegExp {
    const source = this.text(node, "pattern");
    try {
      const groups = new RegExp(`${source}|`).exec("")?.length ?? 0;
      if (groups !== 2) throw new Error(`it has ${groups - 1} groups, expected one`);
      return new RegExp(source);
    } catch (error) {
      throw this.fault(node, `/${source}/: ${error instanceof Error ? error.message : error}`);
    }
  }

  #optional(fields: Fields, key: string): string | undefined {
    return fields.has(key) ? this.text(fields.get(key), key) : undefined;
  }
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // The conversion back catches dates such as February 30, which `Date` reads as a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
