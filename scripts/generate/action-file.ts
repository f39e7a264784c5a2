import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isMap, isPair, isScalar, parseDocument, type YAMLMap } from "yaml";
import { type InputType, parseInputType } from "./input-type.ts";

export interface InputDoc {
  readonly name: string;
  readonly type: InputType;
  readonly description: string;
  readonly required: boolean;
  readonly default: string | undefined;
}

export interface OutputDoc {
  readonly name: string;
  readonly description: string;
}

/** The parts of an `action.yml` that documentation and typed inputs need. */
export interface ActionFile {
  readonly folder: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly using: string;
  readonly inputs: readonly InputDoc[];
  readonly outputs: readonly OutputDoc[];
}

/** Every action of the repository, sorted by name. */
export function readActions(root: string): ActionFile[] {
  const home = path.join(root, "actions");
  if (!existsSync(home)) return [];
  return (
    readdirSync(home, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(home, entry.name))
      // Other folders remain from removed actions, because git does not delete installed or built files.
      .filter((folder) => existsSync(path.join(folder, "package.json")) || existsSync(path.join(folder, "action.yml")))
      .sort()
      .map(readActionFile)
  );
}

/** Reads an `action.yml`. @throws Error that names the file and the missing description or input type */
export function readActionFile(folder: string): ActionFile {
  const file = path.join(folder, "action.yml");
  const document = parseDocument(readFileSync(file, "utf8"));
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
  const need = (value: unknown, what: string): string => {
    if (typeof value === "string" && value.trim() !== "") return value.trim().replace(/\s*\n\s*/g, " ");
    throw new Error(`${file}: ${what} is missing`);
  };
  const entries = (key: string): [name: string, body: YAMLMap, comment: string][] => {
    const map = document.get(key);
    if (map === undefined || map === null) return [];
    if (!isMap(map)) throw new Error(`${file}: \`${key}\` is not a mapping`);
    return map.items.map((pair) => {
      if (!isPair(pair) || !isScalar(pair.key) || !isMap(pair.value))
        throw new Error(`${file}: \`${key}\` is malformed`);
      // Depending on blank lines, the YAML library attaches a comment above the first key to the mapping or to that key.
      const first = pair.value.items[0]?.key;
      const comment = pair.value.commentBefore ?? (isScalar(first) ? first.commentBefore : undefined) ?? "";
      return [String(pair.key.value), pair.value, comment];
    });
  };
  return {
    folder,
    name: path.basename(folder),
    title: need(document.get("name"), "name"),
    description: need(document.get("description"), "description"),
    using: need(document.getIn(["runs", "using"]), "runs.using"),
    inputs: entries("inputs").map(([name, body, comment]) => ({
      name,
      type: parseInputType(comment, `${file}: input ${name}`),
      description: need(body.get("description"), `the description of input ${name}`),
      required: body.get("required") === true,
      default: body.has("default") ? String(body.get("default") ?? "") : undefined,
    })),
    outputs: entries("outputs").map(([name, body]) => ({
      name,
      description: need(body.get("description"), `the description of output ${name}`),
    })),
  };
}
