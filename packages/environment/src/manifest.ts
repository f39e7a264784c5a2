import type { Location, Problem } from "@release-actions/report";
import type { TomlDocument } from "@release-actions/toml";
import { Fields } from "./fields.ts";
import type { EnvironmentSettings, Mount } from "./lock.ts";
import { byBytes } from "./order.ts";

/** The declared environment, before resolution. Strings are trimmed, and lists are sorted without duplicates. */
export interface EnvironmentManifest extends EnvironmentSettings {
  readonly packages: readonly string[];
}

/** Reads a manifest of version 1. Errors are returned as problems with line and column. */
export function parseManifest(document: TomlDocument): { manifest: EnvironmentManifest; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const root = new Fields(document.root, "", problems);
  const version = root.positive("manifest_version");
  if (version !== "" && version !== "1") {
    root.problem(`\`manifest_version\` is ${version}, expected 1`, root.place("manifest_version"));
  }
  const base = root.table("base");
  if (base === undefined && !root.has("base"))
    root.problem("`base` is missing, expected a table with `image`", root.location);
  const system = root.table("system");
  const gui = root.table("gui");
  const hardware = root.table("hardware");
  const mounts = root.table("mounts");
  const runtime = root.table("runtime");
  const limits = runtime?.table("resource_limits");
  const manifest: EnvironmentManifest = {
    baseImage: base?.string("image").trim() ?? "",
    packages: listed(system, "packages"),
    apps: listed(gui, "apps"),
    gpu: flag(hardware, "gpu"),
    audio: flag(hardware, "audio"),
    mounts: mounts === undefined ? [] : readMounts(mounts),
    backend: (runtime?.has("backend") ? runtime.string("backend").trim() : "namespace").toLowerCase(),
    networkIsolation: flag(runtime, "network_isolation"),
    ...(limits?.has("cpu_shares") ? { cpuShares: limits.positive("cpu_shares") } : {}),
    ...(limits?.has("memory_limit_mb") ? { memoryLimitMb: limits.positive("memory_limit_mb") } : {}),
  };
  if (base?.has("image") && manifest.baseImage === "") base.problem("`base.image` is empty", base.place("image"));
  root.optional("base", "system", "gui", "hardware", "mounts", "runtime");
  system?.optional("packages");
  gui?.optional("apps");
  hardware?.optional("gpu", "audio");
  runtime?.optional("backend", "network_isolation", "resource_limits");
  limits?.optional("cpu_shares", "memory_limit_mb");
  for (const fields of [root, base, system, gui, hardware, runtime, limits]) fields?.refuseUnknown();
  return { manifest, problems: [...problems].sort((a, b) => (a.location?.line ?? 0) - (b.location?.line ?? 0)) };
}

function listed(fields: Fields | undefined, key: string): string[] {
  if (!fields?.has(key)) return [];
  const values = fields.strings(key).map(({ value, location }) => trimmed(fields, key, value, location));
  return [...new Set(values)].sort(byBytes);
}

function trimmed(fields: Fields, key: string, value: string, location: Location): string {
  if (value.trim() === "") fields.problem(`\`${key}\` has an empty item`, location);
  return value.trim();
}

function flag(fields: Fields | undefined, key: string): boolean {
  return fields?.has(key) ? fields.boolean(key) : false;
}

function readMounts(fields: Fields): Mount[] {
  const mounts = fields.keys().map((key): Mount => {
    const value = fields.string(key);
    const [hostPath = "", containerPath = "", ...rest] = value.split(":").map((part) => part.trim());
    if (hostPath === "" || containerPath === "" || rest.length > 0) {
      fields.problem(`mount \`${key}\` is "${value}", expected "<host>:<container>"`, fields.place(key));
    }
    return { label: key.trim(), hostPath, containerPath };
  });
  return mounts.sort((a, b) => byBytes(a.label, b.label));
}
