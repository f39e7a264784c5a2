import { compareFields, describeMounts, type Fields } from "./changes.ts";
import type { EnvironmentLock } from "./lock.ts";
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

function describe(environment: EnvironmentManifest): Fields {
  const packages = environment.packages.map((name) => [`package ${name}`, "present"] as const);
  const apps = environment.apps.map((app) => [`app ${app}`, "present"] as const);
  return new Map<string, string | undefined>([
    ["base image", environment.baseImage],
    ["backend", environment.backend],
    ...packages,
    ...apps,
    ["gpu", String(environment.gpu)],
    ["audio", String(environment.audio)],
    ...describeMounts(environment.mounts),
    ["network isolation", String(environment.networkIsolation)],
    ["cpu shares", environment.cpuShares],
    ["memory limit", environment.memoryLimitMb],
  ]);
}
