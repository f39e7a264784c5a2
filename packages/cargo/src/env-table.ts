import path from "node:path";
import { entryOf, isTrue, type TomlNode, tableOf } from "@release-actions/toml";
import type { CargoConfig } from "./config-files.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of the programs that cargo starts, including rustc: `[env]` of the configuration adds variables, and
 * with `force` it overrides existing ones (Cargo book, "[env]").
 */
export function configEnvironment({ root }: CargoConfig, env: Environment): Environment {
  const entries = [...(tableOf(root, "env")?.entries ?? [])];
  const added = entries.flatMap(([name, node]): [string, string][] => {
    const value = node.kind === "table" ? entryOf(node, "value") : node;
    if (value?.kind !== "string" || (env[name] !== undefined && !isTrue(node, "force"))) return [];
    return [[name, isTrue(node, "relative") ? fromConfig(value, value.value) : value.value]];
  });
  return { ...env, ...Object.fromEntries(added) };
}

/** Resolves a path relative to the folder that contains the file's `.cargo`. */
function fromConfig({ location }: TomlNode, value: string): string {
  return path.resolve(path.dirname(path.dirname(location.file)), value);
}
