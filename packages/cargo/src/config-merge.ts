import type { TomlNode, TomlTable } from "@release-actions/toml";
import { CargoError } from "./fault.ts";

/** Lists that are replaced as a whole and not joined (`is_nonmergeable_list` in cargo's context/mod.rs). */
const REPLACED_LISTS = [
  /^registries\.[^.]*\.credential-provider$/,
  /^target\..*\.runner$/,
  /^host\.runner$/,
  /^credential-alias\.[^.]*$/,
  /^doc\.browser$/,
];

/**
 * Merges two configurations as cargo does (https://doc.rust-lang.org/cargo/reference/config.html#hierarchical-structure):
 * tables are merged by key, lists are joined with the winner's items last, and for other values the winner's is taken.
 * If one file has a list or table and the other a value of another kind, that is an error.
 */
export function mergeConfig(winner: TomlTable, loser: TomlTable): TomlTable {
  return mergeTables(winner, loser, "");
}

function mergeTables(winner: TomlTable, loser: TomlTable, path: string): TomlTable {
  const entries = new Map(winner.entries);
  for (const [key, value] of loser.entries) {
    const existing = entries.get(key);
    entries.set(
      key,
      existing === undefined ? value : mergeValues(existing, value, path === "" ? key : `${path}.${key}`),
    );
  }
  return { ...winner, entries };
}

function mergeValues(winner: TomlNode, loser: TomlNode, path: string): TomlNode {
  if (winner.kind === "table" && loser.kind === "table") return mergeTables(winner, loser, path);
  if (winner.kind === "array" && loser.kind === "array") {
    if (REPLACED_LISTS.some((pattern) => pattern.test(path))) return winner;
    return { ...winner, items: [...loser.items, ...winner.items] };
  }
  if ([winner.kind, loser.kind].some((kind) => kind === "table" || kind === "array")) {
    const other = `${loser.location.file}:${loser.location.line}`;
    throw new CargoError(
      `cargo cannot merge \`${path}\`: it is of type ${winner.kind} in ${winner.location.file}:${winner.location.line} and ${loser.kind} in ${other}`,
      { location: winner.location, advice: "Write it the same way in both files." },
    );
  }
  return winner;
}
