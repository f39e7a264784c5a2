import type { Location } from "@release-actions/report";
import { entryOf, type TomlNode, tableOf } from "@release-actions/toml";
import { type Cfg, matchesCfg } from "./cfg.ts";
import type { CargoConfig } from "./config-files.ts";
import { CargoError } from "./fault.ts";

/** Where a flag was set: a key of a configuration file, or an environment variable. */
export interface FlagOrigin {
  /** `build.rustflags`, `target.'cfg(unix)'.rustflags`, `RUSTFLAGS`, ... */
  readonly name: string;
  /** `undefined` for an environment variable. */
  readonly location: Location | undefined;
}

/** One argument for rustc. */
export interface FlagArgument {
  readonly value: string;
  readonly origin: FlagOrigin;
}

export type FlagSource = "CARGO_ENCODED_RUSTFLAGS" | "RUSTFLAGS" | "target" | "build" | "none";

export interface ResolvedFlags {
  /** The only source from which cargo takes the flags. */
  readonly source: FlagSource;
  readonly args: readonly FlagArgument[];
  /** Flags of other sources, which cargo ignores because `source` has precedence. */
  readonly overridden: readonly FlagArgument[];
  /** Flags of `[profile.*]`, which cargo passes in addition to the others (unstable: -Zprofile-rustflags). */
  readonly ofProfiles: readonly FlagArgument[];
  readonly warnings: readonly string[];
}

export interface FlagQuestion {
  readonly config: CargoConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly target: string;
  /** `rustc --print cfg` for the target, given flags that may themselves set or imply a cfg. */
  readonly printCfg: (args: readonly string[]) => Promise<readonly Cfg[]>;
}

/**
 * The flags that cargo passes to rustc for a target, resolved like `extra_args` in cargo's target_info.rs: all flags
 * come from one source, and `target.'cfg(..)'` is resolved in at most two rounds, since flags can enable a cfg.
 */
export async function resolveRustflags(question: FlagQuestion): Promise<ResolvedFlags> {
  const warnings: string[] = [];
  const needsCfg = cfgTables(question.config).length > 0;
  let flags = fromAllSources(question, undefined, warnings);
  for (let round = 0; needsCfg && round < 2; round += 1) {
    const cfg = await question.printCfg(chosen(flags).args.map((arg) => arg.value));
    const next = fromAllSources(question, cfg, round === 0 ? warnings : []);
    const settled = sameArgs(chosen(next).args, chosen(flags).args);
    if (round === 0 || settled) flags = next;
    else warnings.push("a flag enables a cfg() that adds more flags: cargo stops after two rounds and drops them");
    if (settled) break;
  }
  const { source, args } = chosen(flags);
  const overridden = flags.filter((each) => each.source !== source).flatMap((each) => each.args);
  return { source, args, overridden, ofProfiles: profileFlags(question.config), warnings };
}

interface Candidate {
  readonly source: FlagSource;
  readonly args: readonly FlagArgument[];
}

/** The first source that is set wins. An empty variable counts as set, an empty list of a target does not. */
function chosen(candidates: readonly Candidate[]): Candidate {
  return candidates[0] ?? { source: "none", args: [] };
}

function fromAllSources(question: FlagQuestion, cfg: readonly Cfg[] | undefined, warnings: string[]): Candidate[] {
  const { env, config } = question;
  const candidates: Candidate[] = [];
  const encoded = env["CARGO_ENCODED_RUSTFLAGS"];
  if (encoded !== undefined) {
    const source = "CARGO_ENCODED_RUSTFLAGS";
    candidates.push({ source, args: fromVariable(source, encoded === "" ? [] : encoded.split("\x1f")) });
  }
  const plain = env["RUSTFLAGS"];
  if (plain !== undefined) candidates.push({ source: "RUSTFLAGS", args: fromVariable("RUSTFLAGS", plainFlags(plain)) });
  const target = targetFlags(question, cfg, warnings);
  if (target.length > 0) candidates.push({ source: "target", args: target });
  const files = listOf(entryOf(tableOf(config.root, "build"), "rustflags"), "build.rustflags");
  const build = withVariable(files, env, "CARGO_BUILD_RUSTFLAGS", config);
  if (build.length > 0) candidates.push({ source: "build", args: build });
  return candidates;
}

/** Splits at spaces only and trims each part, as cargo does: a tab or newline inside an argument is kept. */
function plainFlags(text: string): string[] {
  const values = text.split(" ").map((value) => value.trim());
  return values.filter((value) => value !== "");
}

function fromVariable(name: string, values: readonly string[]): FlagArgument[] {
  return values.map((value) => ({ value, origin: { name, location: undefined } }));
}

function targetFlags(
  { config, env, target }: FlagQuestion,
  cfg: readonly Cfg[] | undefined,
  warnings: string[],
): FlagArgument[] {
  // cargo splits the key at its dots, so it reads the triple `thumbv8m.main-none-eabi` as two keys.
  const own = target.split(".").reduce<TomlNode | undefined>(entryOf, tableOf(config.root, "target"));
  const variable = `CARGO_TARGET_${target.toUpperCase().replace(/[-.]/g, "_")}_RUSTFLAGS`;
  const flags = withVariable(listOf(entryOf(own, "rustflags"), `target.${target}.rustflags`), env, variable, config);
  if (cfg === undefined) return flags;
  for (const [key, node] of cfgTables(config)) {
    const matches = matchesCfg(key, cfg);
    if (matches === undefined) {
      warnings.push(`${node.location.file}:${node.location.line}: cargo ignores the malformed \`${key}\``);
    }
    if (matches === true) flags.push(...listOf(node, `target.'${key}'.rustflags`));
  }
  return flags;
}

function profileFlags({ root }: CargoConfig): FlagArgument[] {
  const profiles = [...(tableOf(root, "profile")?.entries ?? [])];
  return profiles.flatMap(([name, profile]) => listOf(entryOf(profile, "rustflags"), `profile.${name}.rustflags`));
}

/** The `rustflags` of every `target.'cfg(..)'`, sorted by key, which is the order in which cargo joins them. */
function cfgTables(config: CargoConfig): [string, TomlNode][] {
  const tables = [...(tableOf(config.root, "target")?.entries ?? [])].filter(([key]) => key.startsWith("cfg("));
  return tables
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, table]): [string, TomlNode][] => {
      const flags = entryOf(table, "rustflags");
      return flags === undefined ? [] : [[key, flags]];
    });
}

/** Splits a string at white space; an array has one argument per item (cargo's `StringList`). */
function listOf(node: TomlNode | undefined, name: string): FlagArgument[] {
  if (node === undefined) return [];
  const origin = (from: TomlNode): FlagOrigin => ({ name, location: from.location });
  if (node.kind === "string") return words(node.value).map((value) => ({ value, origin: origin(node) }));
  if (node.kind === "array") {
    return node.items.map((item) =>
      item.kind === "string" ? { value: item.value, origin: origin(item) } : refuse(item, name),
    );
  }
  return refuse(node, name);
}

function refuse(node: TomlNode, name: string): never {
  throw new CargoError(
    `${node.location.file}:${node.location.line}: \`${name}\` takes a string or an array of strings, found a value of type ${node.kind}`,
    { location: node.location },
  );
}

/** Orders flags by precedence, lowest first: files, the variable, files named on the command line (`get_env_list`). */
function withVariable(
  flags: readonly FlagArgument[],
  env: FlagQuestion["env"],
  name: string,
  { overrides }: CargoConfig,
): FlagArgument[] {
  const isOverride = ({ origin }: FlagArgument): boolean => overrides.has(origin.location?.file ?? "");
  const variable = fromVariable(name, words(env[name] ?? ""));
  return [...flags.filter((flag) => !isOverride(flag)), ...variable, ...flags.filter(isOverride)];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function sameArgs(a: readonly FlagArgument[], b: readonly FlagArgument[]): boolean {
  return a.length === b.length && a.every((arg, at) => arg.value === b[at]?.value);
}
