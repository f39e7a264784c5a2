import { blake3 } from "@release-actions/digest";
import type { EnvironmentLock } from "./lock.ts";
import { sortedLock } from "./order.ts";

export interface Identity {
  /** The id as the runtime computes it, with lists in the order of the file: 64 lowercase hex characters. */
  readonly envId: string;
  /** The first 12 characters of `envId`. */
  readonly shortId: string;
  /** The BLAKE3 hash of framed parts and sorted lists, including `lock_version` and `base_image`. */
  readonly envIdV2: string;
}

export async function computeIdentity(lock: EnvironmentLock): Promise<Identity> {
  const envId = await blake3(identityParts(lock).join(""));
  return { envId, shortId: envId.slice(0, 12), envIdV2: await blake3(identityPartsV2(lock).map(frame).join("")) };
}

/** The strings that are joined without separators and hashed, as UTF-8, to `env_id`. */
export function identityParts(lock: EnvironmentLock): string[] {
  return [
    `base_digest:${lock.baseImageDigest}`,
    ...lock.packages.map(({ name, version }) => `pkg:${name}@${version}`),
    ...lock.apps.map((app) => `app:${app}`),
    ...(lock.gpu ? ["hw:gpu"] : []),
    ...(lock.audio ? ["hw:audio"] : []),
    ...lock.mounts.map(({ label, hostPath, containerPath }) => `mount:${label}:${hostPath}:${containerPath}`),
    `backend:${lock.backend}`,
    ...(lock.networkIsolation ? ["net:isolated"] : []),
    ...(lock.cpuShares === undefined ? [] : [`cpu:${lock.cpuShares}`]),
    ...(lock.memoryLimitMb === undefined ? [] : [`mem:${lock.memoryLimitMb}`]),
  ];
}

/**
 * The strings that are framed and hashed to `env_id_v2`. Each list is preceded by its length and no field is left out,
 * so different locks always give different strings.
 */
export function identityPartsV2(unsorted: EnvironmentLock): string[] {
  const lock = sortedLock(unsorted);
  return [
    "env-id-v2",
    lock.lockVersion,
    lock.baseImage,
    lock.baseImageDigest,
    String(lock.packages.length),
    ...lock.packages.flatMap(({ name, version }) => [name, version]),
    String(lock.apps.length),
    ...lock.apps,
    String(lock.gpu),
    String(lock.audio),
    String(lock.mounts.length),
    ...lock.mounts.flatMap(({ label, hostPath, containerPath }) => [label, hostPath, containerPath]),
    lock.backend,
    String(lock.networkIsolation),
    lock.cpuShares ?? "",
    lock.memoryLimitMb ?? "",
  ];
}

/** Encodes a netstring (https://cr.yp.to/proto/netstrings.txt): the length in bytes, a colon, the bytes, a comma. */
function frame(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}
