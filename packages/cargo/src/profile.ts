import { entryOf, type TomlNode, tableOf } from "@release-actions/toml";
import type { CargoConfig } from "./config-files.ts";
import { CargoError } from "./fault.ts";
import type { Workspace } from "./workspace.ts";

/** The settings of a profile that influence the output, as cargo resolves them, with the names of Cargo.toml. */
export type Profile = Readonly<Record<ProfileKey, string>>;

export type ProfileKey = (typeof PROFILE_KEYS)[number];

const PROFILE_KEYS = ["opt-level", "debug", "strip", "lto", "codegen-units", "panic", "overflow-checks"] as const;

/** The Cargo Book, "Profiles", "Default profiles". */
const RELEASE: Profile = {
  "opt-level": "3",
  debug: "false",
  strip: "none",
  lto: "false",
  "codegen-units": "16",
  panic: "unwind",
  "overflow-checks": "false",
};
const DEV: Profile = { ...RELEASE, "opt-level": "0", debug: "true", "codegen-units": "256", "overflow-checks": "true" };
const BUILT_IN: ReadonlyMap<string, Profile> = new Map([
  ["dev", DEV],
  ["release", RELEASE],
]);

/** The sources that a profile is resolved from. */
export interface ProfileQuestion {
  readonly workspace: Workspace;
  readonly config: CargoConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Resolves a profile. Sources override each other in this order: `CARGO_PROFILE_*` variables, configuration files, the
 * root manifest, and the profile that it inherits from. Overrides for single packages are ignored.
 */
export function resolveProfile(name: string, question: ProfileQuestion): Profile {
  const profile = collect(name, question, []);
  return { ...profile, strip: effectiveStrip(profile) };
}

function collect(name: string, question: ProfileQuestion, seen: readonly string[]): Profile {
  if (seen.includes(name))
    throw new CargoError(`profile ${name} inherits from itself: ${[...seen, name].join(" -> ")}`);
  const { workspace, config, env } = question;
  const own = tableOf(tableOf(workspace.manifest.root, "profile"), name);
  const configured = tableOf(tableOf(config.root, "profile"), name);
  const parent = text(entryOf(configured, "inherits")) ?? text(entryOf(own, "inherits"));
  const base = BUILT_IN.get(name) ?? inherited(name, parent, question, seen);
  const settings = PROFILE_KEYS.map((key) => {
    const variable = env[`CARGO_PROFILE_${name}_${key}`.toUpperCase().replaceAll("-", "_")];
    return [key, variable ?? text(entryOf(configured, key)) ?? text(entryOf(own, key)) ?? base[key]];
  });
  return Object.fromEntries(settings) as Profile; // It has each of the keys.
}

function inherited(
  name: string,
  parent: string | undefined,
  question: ProfileQuestion,
  seen: readonly string[],
): Profile {
  const from = parent ?? { test: "dev", bench: "release" }[name];
  if (from !== undefined) return collect(from, question, [...seen, name]);
  throw new CargoError(`there is no profile ${name} in ${question.workspace.manifest.file}`, {
    advice: `Add [profile.${name}] with \`inherits = "release"\`, or name another profile.`,
  });
}

function text(node: TomlNode | undefined): string | undefined {
  return node === undefined || node.kind === "array" || node.kind === "table" ? undefined : node.value;
}

/** `true` means `symbols`. In a profile without debug information, cargo strips that of the standard library. */
function effectiveStrip({ strip, debug }: Profile): string {
  if (strip === "true") return "symbols";
  const isDefault = strip === "none" || strip === "false";
  return isDefault && ["false", "0", "none"].includes(debug) ? "debuginfo" : strip === "false" ? "none" : strip;
}
