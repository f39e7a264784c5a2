import { parseToml } from "@release-actions/toml";
import type { EnvironmentLock, ParsedLock } from "./lock.ts";
import { parseLock } from "./lock.ts";

/** The lock of the published vector: digest `sha256:abc123`, backend `mock`, nothing else. */
export const VECTOR: EnvironmentLock = {
  lockVersion: "2",
  envId: "aabaeaeda3b27db42054f64719a16afd49e72b4fc6e8493e2fce9d862d240806",
  shortId: "aabaeaeda3b2",
  baseImage: "rolling",
  baseImageDigest: "sha256:abc123",
  packages: [],
  apps: [],
  gpu: false,
  audio: false,
  mounts: [],
  backend: "mock",
  networkIsolation: false,
};

/** A lock with packages, an app, a mount and a limit. */
export const FULL: EnvironmentLock = {
  ...VECTOR,
  packages: [
    { name: "git", version: "2.45" },
    { name: "vim", version: "9.1" },
  ],
  apps: ["firefox"],
  gpu: true,
  mounts: [{ label: "src", hostPath: "/home/me/src", containerPath: "/src" }],
  networkIsolation: true,
  cpuShares: "512",
};

/** The text of a lock file. `changes` replaces keys (values are TOML) or removes them (`undefined`). */
export function lockText(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const keys: Record<string, string | undefined> = {
    lock_version: "2",
    env_id: `"${VECTOR.envId}"`,
    short_id: `"${VECTOR.shortId}"`,
    base_image: '"rolling"',
    base_image_digest: '"sha256:abc123"',
    resolved_packages: "[]",
    resolved_apps: "[]",
    runtime_backend: '"mock"',
    hardware_gpu: "false",
    hardware_audio: "false",
    network_isolation: "false",
    mounts: "[]",
    ...changes,
  };
  return Object.entries(keys)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}\n`]))
    .join("");
}

export function parseLockText(text: string): ParsedLock {
  return parseLock(parseToml(text, "karapace.lock"));
}
