import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";

/** The parts of an action.yml that a runner reads: docs.github.com, "Metadata syntax reference". */
export interface ActionMetadata {
  readonly folder: string;
  readonly main: string;
  readonly post: string | undefined;
  /** When the post step runs: `always()` unless the action says otherwise. */
  readonly postIf: string;
  /** Every declared input and its default, expressions unresolved. */
  readonly inputs: Readonly<Record<string, string>>;
}

export async function readActionMetadata(folder: string): Promise<ActionMetadata> {
  const file = path.join(folder, "action.yml");
  const document: unknown = parse(await readFile(file, "utf8"));
  const runs = record(record(document)["runs"]);
  if (runs["using"] !== "node24") throw new Error(`${file}: this harness starts node24 actions`);
  const inputs = Object.entries(record(record(document)["inputs"] ?? {})).map(([name, input]): [string, string] => {
    const value = record(input ?? {})["default"];
    return [name, value === undefined || value === null ? "" : String(value)];
  });
  const post = runs["post"];
  return {
    folder,
    main: String(runs["main"]),
    post: typeof post === "string" ? post : undefined,
    postIf: typeof runs["post-if"] === "string" ? runs["post-if"] : "always()",
    inputs: Object.fromEntries(inputs),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null)
    throw new Error(`expected a mapping, found ${JSON.stringify(value)}`);
  return { ...value };
}
