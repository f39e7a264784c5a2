import { createHash } from "node:crypto";
import { integer, listOf, object, optional, string, text } from "@release-actions/json";

/** A version that waits for a maintainer's approval, as npm lists it (npm/cli, lib/commands/stage/list.js). */
export interface StagedVersion {
  /** A UUID, the argument of `npm stage approve`. */
  readonly id: string;
  readonly version: string;
  /** Fixed when the version was staged. */
  readonly tag: string | undefined;
  /** SHA-1 of the tarball, in hex. */
  readonly shasum: string | undefined;
}

/** How many stages npm's own client asks for at once. */
export const STAGES_PER_PAGE = 100;

export const stagePage = object({
  items: listOf(
    object({ id: text, packageName: text, version: text, tag: optional(string), shasum: optional(string) }),
  ),
  total: optional(integer),
});

/**
 * The registry's status of one version: `published`, `staged`, `deleted`, `validating` (npm is still scanning the tarball, and the
 * version cannot be approved yet) or `blocked` (the scan rejected it).
 */
export const versionStatus = object({ status: optional(string) });

/** The SHA-1 that npm shows for a staged tarball. It is used only to compare two tarballs, not for security. */
export function shasumOf(tarball: Uint8Array): string {
  return createHash("sha1").update(tarball).digest("hex");
}

/** The command with which a maintainer publishes a staged version; it asks for their second factor. */
export function approveCommand(id: string): string {
  return `npm stage approve ${id}`;
}

/** The command with which a maintainer finds the id of a staged version. */
export function listCommand(name: string): string {
  return `npm stage list ${name}`;
}
