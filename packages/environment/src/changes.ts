import type { EnvironmentLock, Mount } from "./lock.ts";
import { sortedLock } from "./order.ts";

/** One field that differs between two environments; an absent value is `null`. */
export interface Change {
  /** The name of the field, such as `base_image`, `package git` or `mount src`. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The fields in which two locks differ, as far as they affect the identity. Empty if only other keys or the spelling differ. */
export function lockChanges(before: EnvironmentLock, after: EnvironmentLock): Change[] {
  const changes = compareFields(describeLock(before), describeLock(after));
  if (changes.length > 0) return changes;
  const order = (lock: EnvironmentLock): string => JSON.stringify([lock.packages, lock.apps, lock.mounts]);
  if (order(before) === order(after)) return [];
  const say = (lock: EnvironmentLock): string => (order(lock) === order(sortedLock(lock)) ? "sorted" : "not sorted");
  return [{ field: "order of a list", before: say(before), after: say(after) }];
}

/** The fields of an environment by their names; undefined for a field that is not set. */
export type Fields = ReadonlyMap<string, string | undefined>;

/** The fields that differ between both sides. Fields of `before` come first. */
export function compareFields(before: Fields, after: Fields): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

function describeLock(lock: EnvironmentLock): Fields {
  const packages = lock.packages.map(({ name, version }) => [`package ${name}`, version] as const);
  const apps = lock.apps.map((app) => [`app ${app}`, "present"] as const);
  return new Map<string, string | undefined>([
    ["lock_version", lock.lockVersion],
    ["base_image", lock.baseImage],
    ["base_image_digest", lock.baseImageDigest],
    ...packages,
    ...apps,
    ["hardware_gpu", String(lock.gpu)],
    ["hardware_audio", String(lock.audio)],
    ...describeMounts(lock.mounts),
    ["runtime_backend", lock.backend],
    ["network_isolation", String(lock.networkIsolation)],
    ["cpu_shares", lock.cpuShares],
    ["memory_limit_mb", lock.memoryLimitMb],
  ]);
}

/** The mounts as fields that can be compared. */
export function describeMounts(mounts: readonly Mount[]): [field: string, value: string][] {
  return mounts.map(({ label, hostPath, containerPath }) => [`mount ${label}`, `${hostPath}:${containerPath}`]);
}
