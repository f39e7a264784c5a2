import { createHash } from "node:crypto";
import { integer, listOf, object, optional, string, text } from "@release-actions/json";

/** A version that waits for a maintainer's approval, as npm lists it (npm/cli, lib/commands/stage/list.js). */
export interface StagedVersion {
  /** A UUID: what `npm stage approve` takes. */
  readonly id: string;
  readonly version: string;
  /** Fixed when the version was staged. */
  readonly tag: string | undefined;
  /** SHA-1 of the tarball, in hex. */
  readonly shasum: string | undefined;
}

/**
 * What the registry says of one version. `validating`: npm's scan of the tarball is not over yet, and nobody can approve it;
 * `blocked`: the scan refused it.
 */
export type VersionStatus = "published" | "validating" | "staged" | "blocked" | "deleted";

const STATUSES: readonly string[] = [
  "published",
  "validating",
  "staged",
  "blocked",
  "deleted",
] satisfies VersionStatus[];

export function isVersionStatus(found: string): found is VersionStatus {
  return STATUSES.includes(found);
}

/** How many stages npm's own client asks for at once. */
export const STAGES_PER_PAGE = 100;

export const stagePage = object({
  items: listOf(
    object({ id: text, packageName: text, version: text, tag: optional(string), shasum: optional(string) }),
  ),
  total: optional(integer),
});

export const versionStatus = object({ status: optional(string) });

/** The SHA-1 that npm shows of a staged tarball. It compares two tarballs; it protects nothing. */
export function shasumOf(tarball: Uint8Array): string {
  return createHash("sha1").update(tarball).digest("hex");
}

/** What a maintainer runs to let a staged version go public; it asks for their second factor. */
export function approveCommand(id: string): string {
  return `npm stage approve ${id}`;
}

/** What a maintainer runs to find the id of a staged version. */
export function listCommand(name: string): string {
  return `npm stage list ${name}`;
}
