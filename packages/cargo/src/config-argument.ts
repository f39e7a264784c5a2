import { parseToml, type TomlNode, type TomlTable, tableOf } from "@release-actions/toml";
import { CargoError } from "./fault.ts";

/** The file name in the location of a value that comes from `--config KEY=VALUE`. */
export const ON_COMMAND_LINE = "--config";

/**
 * Reads `KEY=VALUE` as cargo 1.95 does: one dotted key, no comment, no inline table, no secret (`toml_dotted_keys` and
 * `cli_args_as_table` in its context/mod.rs). @throws CargoError, or TomlError for what is not TOML.
 */
export function parseConfigArgument(argument: string): TomlTable {
  const refuse = (reason: string): never => {
    throw new CargoError(`--config ${argument}: ${reason}`, {
      advice:
        "Give the name of a file, or one dotted key with its value, such as `build.rustflags=['-Ctarget-cpu=native']`.",
    });
  };
  if (/^\s*[[#]/.test(argument)) return refuse("expected a dotted key, found a table or a comment");
  const { root } = parseToml(argument, ON_COMMAND_LINE);
  let node: TomlNode = root;
  while (node.kind === "table" && (node === root || argument[node.start] !== "{")) {
    const [value, ...others]: readonly TomlNode[] = [...node.entries.values()];
    if (value === undefined) return refuse("expected one key, found none");
    if (others.length > 0) return refuse("expected one key, found several");
    node = value;
  }
  if (node.kind === "table") return refuse("cargo does not take an inline table here");
  if (argument.slice(node.end).trim() !== "") return refuse("cargo does not take a comment here");
  const registries = [tableOf(root, "registry"), ...(tableOf(root, "registries")?.entries.values() ?? [])];
  for (const registry of registries) {
    if (registry?.kind === "table" && (registry.entries.has("token") || registry.entries.has("secret-key")))
      return refuse("cargo does not accept a registry's token or key on the command line");
  }
  return root;
}
