import { existsSync } from "node:fs";
import path from "node:path";
import type { Location } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { entryOf, parseToml, tableOf } from "@release-actions/toml";
import { ancestors } from "./ancestors.ts";
import { CargoError } from "./fault.ts";

export interface ToolchainFile {
  /** `1.95.0`, `stable`, `nightly-2026-03-21`. */
  readonly channel: string;
  readonly location: Location;
}

/**
 * The toolchain file that rustup obeys in a folder: the nearest one in it or above it. If a folder has both,
 * `rust-toolchain` wins over `rust-toolchain.toml`
 * (https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file).
 */
export function findToolchainFile(cwd: string): ToolchainFile | undefined {
  const file = ancestors(path.resolve(cwd))
    .flatMap((folder) => ["rust-toolchain", "rust-toolchain.toml"].map((name) => path.join(folder, name)))
    .find((each) => existsSync(each));
  return file === undefined ? undefined : parseToolchainFile(readText(file), file);
}

/**
 * Reads a toolchain file in either form. Returns `undefined` for a file without a channel that has `path`, `components`
 * or `targets`.
 *
 * @throws CargoError for a file with none of these keys, which rustup refuses too.
 */
export function parseToolchainFile(text: string, file: string): ToolchainFile | undefined {
  const bare = path.extname(file) === "" ? legacyChannel(text) : undefined;
  if (bare !== undefined) return { channel: bare, location: { file, line: 1 } };
  const { root } = parseToml(text, file);
  const table = tableOf(root, "toolchain");
  const channel = entryOf(table, "channel");
  if (channel?.kind === "string") return { channel: channel.value, location: channel.location };
  if (channel === undefined && OTHER_KEYS.some((key) => entryOf(table, key) !== undefined)) return undefined;
  throw new CargoError(`${file} names no channel: expected a [toolchain] table with channel = "1.95.0" or the like`, {
    location: channel?.location ?? table?.location ?? { file, line: 1 },
  });
}

const OTHER_KEYS = ["path", "components", "targets"];

function legacyChannel(text: string): string | undefined {
  const lines = text.trim().split("\n");
  return lines.length === 1 && lines[0] !== undefined && /^[\w.-]+$/.test(lines[0]) ? lines[0] : undefined;
}
