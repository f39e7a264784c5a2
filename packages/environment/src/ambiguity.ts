import type { Location, Problem } from "@release-actions/report";
import type { ParsedLock } from "./lock.ts";

/** How the parts of the hashed text begin. A value that contains one of these looks like the start of another part. */
const MARKS = [
  "base_digest:",
  "pkg:",
  "app:",
  "hw:gpu",
  "hw:audio",
  "mount:",
  "backend:",
  "net:isolated",
  "cpu:",
  "mem:",
];

/**
 * Finds values that look like several parts. `env_id` joins its parts without separators, so package `git` at version
 * `2pkg:vim@9` has the same hash as `git@2` and `vim@9`. Without such values, different environments have different
 * ids.
 */
export function ambiguities(parsed: ParsedLock): Problem[] {
  const { lock, place } = parsed;
  const problems: Problem[] = [];
  const check = (what: string, value: string, location: Location, separator?: string): void => {
    const mark = [...MARKS, ...(separator === undefined ? [] : [separator])].find((text) => value.includes(text));
    if (mark === undefined) return;
    const message =
      `${what} "${value}" contains "${mark}", which also separates the parts that \`env_id\` is computed from: ` +
      "another environment has the same id. Rename it, or use env-id-v2 and set `strict: false`.";
    problems.push({ level: "error", message, location });
  };
  check("base_image_digest", lock.baseImageDigest, place("base_image_digest"));
  for (const [index, { name, version }] of lock.packages.entries()) {
    check("package name", name, place("resolved_packages", index), "@");
    check("package version", version, place("resolved_packages", index));
  }
  for (const [index, app] of lock.apps.entries()) check("app", app, place("resolved_apps", index));
  for (const [index, mount] of lock.mounts.entries()) {
    check("mount label", mount.label, place("mounts", index), ":");
    check("host_path", mount.hostPath, place("mounts", index), ":");
    check("container_path", mount.containerPath, place("mounts", index));
  }
  check("runtime_backend", lock.backend, place("runtime_backend"));
  return problems;
}
