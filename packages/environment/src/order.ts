import type { EnvironmentLock } from "./lock.ts";

/** The keys of the lists of a lock file that are sorted. */
export type ListKey = "resolved_packages" | "resolved_apps" | "mounts";

/** The lock with its lists as the runtime writes them: packages by name then version, apps, mounts by label. */
export function sortedLock(lock: EnvironmentLock): EnvironmentLock {
  return {
    ...lock,
    packages: [...lock.packages].sort((a, b) => byBytes(a.name, b.name) || byBytes(a.version, b.version)),
    apps: [...lock.apps].sort(byBytes),
    mounts: [...lock.mounts].sort((a, b) => byBytes(a.label, b.label)),
  };
}

/** The lists that are not sorted, each with the index of the first misplaced item. */
export function unsortedLists(lock: EnvironmentLock): { readonly key: ListKey; readonly index: number }[] {
  const sorted = sortedLock(lock);
  const lists = [
    ["resolved_packages", lock.packages, sorted.packages],
    ["resolved_apps", lock.apps, sorted.apps],
    ["mounts", lock.mounts, sorted.mounts],
  ] as const;
  return lists.flatMap(([key, found, expected]) => {
    const index = found.findIndex((item, position) => item !== expected[position]);
    return index < 0 ? [] : [{ key, index }];
  });
}

/** Compares the UTF-8 bytes. The order of UTF-16 code units differs beyond U+FFFF. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
