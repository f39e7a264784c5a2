import type { EnvironmentLock } from "./lock.ts";
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

/** The fields that differ between both sides. Fields of `before` come first. */
export function compareFields(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

function describeLock(lock: EnvironmentLock): Map<string, string> {
  return new Map([
    ["lock_version", lock.lockVersion],
    ["base_image", lock.baseImage],
    ["base_image_digest", lock.baseImageDigest],
    ...lock.packages.map(({ name, version }): [string, string] => [`package ${name}`, version]),
    ...lock.apps.map((app): [string, string] => [`app ${app}`, "present"]),
    ["hardware_gpu", String(lock.gpu)],
    ["hardware_audio", String(lock.audio)],
    ...lock.mounts.map(({ label, hostPath, containerPath }): [string, string] => [
      `mount ${label}`,
      `${hostPath}:${containerPath}`,
    ]),
    ["runtime_backend", lock.backend],
    ["network_isolation", String(lock.networkIsolation)],
    ...(lock.cpuShares === undefined ? [] : [["cpu_shares", lock.cpuShares] as [string, string]]),
    ...(lock.memoryLimitMb === undefined ? [] : [["memory_limit_mb", lock.memoryLimitMb] as [string, string]]),
  ]);
}
