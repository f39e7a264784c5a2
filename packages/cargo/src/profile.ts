import { entryOf, type TomlNode, tableOf } from "@release-actions/toml";
import type { CargoConfig } from "./config-files.ts";
import { CargoError } from "./fault.ts";
import type { Workspace } from "./workspace.ts";

/** The settings of a profile that influence the output, as cargo resolves them, with the names of Cargo.toml. */
export type Profile = Readonly<Record<ProfileKey, string>>;

export type ProfileKey = (typeof PROFILE_KEYS)[number];

const PROFILE_KEYS = ["opt-level", "debug", "strip", "lto", "codegen-units", "panic", "overflow-checks"] as const;

/** The Cargo Book, "Profiles", "Default profiles". */
const DEFAULTS: Readonly<Record<"dev" | "release", Profile>> = {
  dev: {
    "opt-level": "0",
    debug: "true",
    strip: "none",
    lto: "false",
    "codegen-units": "256",
    panic: "unwind",
    "overflow-checks": "true",
  },
  release: {
    "opt-level": "3",
    debug: "false",
    strip: "none",
    lto: "false",
    "codegen-units": "16",
    panic: "unwind",
    "overflow-checks": "false",
  },
};

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
  const settings = collect(name, question, []);
  const profile = Object.fromEntries(PROFILE_KEYS.map((key) => [key, settings.get(key)]));
  // Each key has at least the default.
  const complete = profile as Record<ProfileKey, string>;
  return { ...complete, strip: effectiveStrip(complete) };
}

function collect(name: string, question: ProfileQuestion, seen: readonly string[]): Map<string, string> {
  if (seen.includes(name))
    throw new CargoError(`profile ${name} inherits from itself: ${[...seen, name].join(" -> ")}`);
  const { workspace, config, env } = question;
  const own = tableOf(tableOf(workspace.manifest.root, "profile"), name);
  const configured = tableOf(tableOf(config.root, "profile"), name);
  const parent = text(entryOf(configured, "inherits")) ?? text(entryOf(own, "inherits"));
  const settings = isBuiltIn(name) ? new Map(Object.entries(DEFAULTS[name])) : inherited(name, parent, question, seen);
  for (const key of PROFILE_KEYS) {
    const variable = env[`CARGO_PROFILE_${name}_${key}`.toUpperCase().replaceAll("-", "_")];
    const value = variable ?? text(entryOf(configured, key)) ?? text(entryOf(own, key));
    if (value !== undefined) settings.set(key, value);
  }
  return settings;
}

function inherited(
  name: string,
  parent: string | undefined,
  question: ProfileQuestion,
  seen: readonly string[],
): Map<string, string> {
  const from = parent ?? { test: "dev", bench: "release" }[name];
  if (from !== undefined) return collect(from, question, [...seen, name]);
  throw new CargoError(`there is no profile ${name} in ${question.workspace.manifest.file}`, {
    advice: `Add [profile.${name}] with \`inherits = "release"\`, or name another profile.`,
  });
}

function isBuiltIn(name: string): name is "dev" | "release" {
  return name === "dev" || name === "release";
}

function text(node: TomlNode | undefined): string | undefined {
  return node === undefined || node.kind === "array" || node.kind === "table" ? undefined : node.value;
}

/** `true` means `symbols`. In a profile without debug information, cargo strips that of the standard library. */
function effectiveStrip({ strip, debug }: Readonly<Record<ProfileKey, string>>): string {
  if (strip === "true") return "symbols";
  const isDefault = strip === "none" || strip === "false";
  return isDefault && ["false", "0", "none"].includes(debug) ? "debuginfo" : strip === "false" ? "none" : strip;
}
