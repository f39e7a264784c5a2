import { compareFields } from "./changes.ts";
import type { EnvironmentLock, Mount } from "./lock.ts";
import type { EnvironmentManifest } from "./manifest.ts";

/** A field whose declared value differs from the locked value; an absent value is `null`. */
export interface Drift {
  readonly field: string;
  readonly declared: string | null;
  readonly locked: string | null;
}

/** Compares all fields of a manifest with the lock. A manifest has no package versions, so these are not compared. */
export function manifestDrift(manifest: EnvironmentManifest, lock: EnvironmentLock): Drift[] {
  const locked = { ...lock, packages: lock.packages.map(({ name }) => name) };
  return compareFields(describe(manifest), describe(locked)).map(({ field, before, after }) => ({
    field,
    declared: before,
    locked: after,
  }));
}

function describe(environment: EnvironmentManifest): Map<string, string> {
  const mount = ({ label, hostPath, containerPath }: Mount): [string, string] => [
    `mount ${label}`,
    `${hostPath}:${containerPath}`,
  ];
  const entries: [string, string | undefined][] = [
    ["base image", environment.baseImage],
    ["backend", environment.backend],
    ...environment.packages.map((name): [string, string] => [`package ${name}`, "present"]),
    ...environment.apps.map((app): [string, string] => [`app ${app}`, "present"]),
    ["gpu", String(environment.gpu)],
    ["audio", String(environment.audio)],
    ...environment.mounts.map(mount),
    ["network isolation", String(environment.networkIsolation)],
    ["cpu shares", environment.cpuShares],
    ["memory limit", environment.memoryLimitMb],
  ];
  return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
