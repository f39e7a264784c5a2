import type { Location } from "@release-actions/report";
import { createLocator, type Locator } from "@release-actions/text";
import { type Arg, DockerfileParser, type Env, type From, type Instruction, type Property } from "dockerfile-ast";
import { faultAt } from "./fault.ts";
import { expandWord, type Word, type WordSource } from "./word.ts";

export interface StageVariable {
  readonly word: Word;
  readonly location: Location & { readonly line: number };
}

export interface Stage {
  /** The name as written after AS; names are compared without case. */
  readonly name: string | undefined;
  readonly location: Location & { readonly line: number };
  /** The image or earlier stage after FROM, variables resolved. */
  readonly base: Word;
  /** The earlier stage that `base` names; undefined for an image, and if `base` contains a variable without a value. */
  readonly parent: Stage | undefined;
  /** ENV variables at the end of the stage, including those inherited from earlier stages, but not those of an image. */
  readonly env: ReadonlyMap<string, StageVariable>;
  /** ARG variables at the end of the stage, likewise. */
  readonly args: ReadonlyMap<string, StageVariable>;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  readonly file: string;
  readonly text: string;
  /** ARG variables before the first FROM. */
  readonly args: ReadonlyMap<string, StageVariable>;
  readonly stages: readonly Stage[];
  readonly escapeCharacter: string;
  readonly locate: Locator;
}

const KEYWORDS = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

/**
 * Reads a Dockerfile as BuildKit does (https://docs.docker.com/reference/dockerfile/): the base of each stage, and its
 * variables at the end, with the defaults of ARG.
 *
 * @throws DockerfileError
 */
export function parseDockerfile(text: string, file: string): Dockerfile {
  // The parser does not accept a byte order mark; a space in its place keeps all offsets.
  const parsed = DockerfileParser.parse(text.replace(/^\uFEFF/, " "));
  const reader = new StageReader(text, parsed.getEscapeCharacter(), createLocator(text, file));
  for (const instruction of parsed.getInstructions()) reader.add(instruction);
  return reader.finish(file);
}

type Variables = Map<string, StageVariable>;
type Range = ReturnType<Instruction["getRange"]>;
type OpenStage = Stage & { readonly env: Variables; readonly args: Variables; readonly instructions: Instruction[] };

/** The variables that have the same value at the end of all these stages. */
function sharedBy(stages: readonly OpenStage[], kind: "env" | "args"): Variables {
  const [first, ...others] = stages;
  const shared = [...(first?.[kind] ?? [])].filter(([name, variable]) =>
    others.every((other) => other[kind].get(name)?.word.value === variable.word.value),
  );
  return new Map(shared);
}

class StageReader {
  readonly #text: string;
  readonly #escapeCharacter: string;
  readonly #locate: Locator;
  readonly #lineStarts: readonly number[];
  readonly #globals: Variables = new Map();
  readonly #stages: OpenStage[] = [];

  constructor(text: string, escapeCharacter: string, locate: Locator) {
    this.#text = text;
    this.#escapeCharacter = escapeCharacter;
    this.#locate = locate;
    this.#lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  }

  add(instruction: Instruction): void {
    const keyword = instruction.getKeyword();
    const location = this.#locate(this.#offset(instruction.getRange().start));
    if (!KEYWORDS.has(keyword)) throw faultAt(location, `${keyword.slice(0, 40)} is not a Dockerfile instruction`);
    const stage = this.#stages.at(-1);
    if (keyword === "FROM")
      this.#from(instruction as From, location); // The keyword determines the class.
    else if (stage === undefined && keyword !== "ARG") throw faultAt(location, `${keyword} comes before any FROM`);
    else if (keyword === "ARG") this.#arg(instruction as Arg, stage);
    else if (keyword === "ENV" && stage !== undefined) this.#env(instruction as Env, stage);
    stage?.instructions.push(instruction);
  }

  finish(file: string): Dockerfile {
    const location = { file, line: 1 };
    if (this.#stages.length === 0) throw faultAt(location, "there is no FROM, so this is not a Dockerfile");
    const escapeCharacter = this.#escapeCharacter;
    return { file, text: this.#text, args: this.#globals, stages: this.#stages, escapeCharacter, locate: this.#locate };
  }

  #from(from: From, location: Stage["location"]): void {
    const range = from.getImageRange();
    if (range === null) throw faultAt(location, "FROM names no image");
    const lookup = (name: string): Word | undefined => this.#globals.get(name)?.word;
    const base = this.#expand(range, lookup);
    if (base.value === "" && base.unset === undefined) throw faultAt(location, "the image after FROM is empty");
    const name = from.getBuildStage() ?? undefined;
    const possible = this.#possibleParents(base);
    const parent = base.unset === undefined ? possible[0] : undefined;
    const inherited = { env: sharedBy(possible, "env"), args: sharedBy(possible, "args") };
    this.#stages.push({ name, location, base, parent, instructions: [], ...inherited });
  }

  /**
   * The earlier stage of this name, or all stages that it may mean: `FROM base-$TARGETARCH` may mean `base-amd64` or
   * `base-arm64`.
   */
  #possibleParents({ value, parts, unset }: Word): readonly OpenStage[] {
    const named = (matches: (name: string) => boolean) =>
      this.#stages.filter(({ name }) => name !== undefined && matches(name.toLowerCase()));
    if (unset === undefined) return named((name) => name === value.toLowerCase()).slice(-1);
    const start = parts[0]?.start === undefined ? "" : parts[0].text.toLowerCase();
    return start === "" ? [] : named((name) => name.startsWith(start));
  }

  /** An ARG without a default gets the value from the global scope. A global ARG may use earlier ones. */
  #arg(arg: Arg, stage: OpenStage | undefined): void {
    for (const property of arg.getProperties()) {
      const target = stage?.args ?? this.#globals;
      const lookup = (name: string): Word | undefined => (stage?.env.get(name) ?? target.get(name))?.word;
      const assigned = this.#property(property, lookup);
      const global = this.#globals.get(property.getName());
      if (assigned !== undefined) target.set(property.getName(), assigned);
      else if (stage !== undefined && global !== undefined) target.set(property.getName(), global);
      else if (stage === undefined) target.delete(property.getName());
    }
  }

  /** The values of one ENV instruction use the variables as they were before it. */
  #env(env: Env, stage: OpenStage): void {
    const [before, args] = [new Map(stage.env), new Map(stage.args)];
    const lookup = (name: string): Word | undefined => (before.get(name) ?? args.get(name))?.word;
    const properties = env.getProperties();
    const location = this.#locate(this.#offset(env.getRange().start));
    if (properties.length === 0) throw faultAt(location, "ENV sets nothing: expected ENV name=value");
    for (const property of properties) {
      const assigned = this.#property(property, lookup);
      const place = this.#locate(this.#offset(property.getRange().start));
      if (assigned === undefined) throw faultAt(place, `ENV: expected name=value, found "${property.getName()}"`);
      stage.env.set(property.getName(), assigned);
    }
  }

  #property(property: Property, lookup: WordSource["lookup"]): StageVariable | undefined {
    const location = this.#locate(this.#offset(property.getNameRange().start));
    // An empty value has a range too; only a name without `=` has none.
    const range = property.getValueRange();
    return range === null ? undefined : { word: this.#expand(range, lookup), location };
  }

  #expand({ start, end }: Range, lookup: WordSource["lookup"]): Word {
    const source = { text: this.#text, escapeCharacter: this.#escapeCharacter, locate: this.#locate, lookup };
    return expandWord(source, this.#offset(start), this.#offset(end));
  }

  #offset({ line, character }: { line: number; character: number }): number {
    return (this.#lineStarts[line] ?? 0) + character;
  }
}
