import { RegistryError } from "./error.ts";
import type { Registry } from "./registry.ts";

/**
 * Reads a registry to which the caller intends to push. GHCR answers 403 for a package that was never pushed, and
 * Artifactory for a tag that does not exist (cosign#2973). If the caller may push, a 403 therefore means that nothing is
 * there; otherwise it is a real refusal.
 */
export function readAsWriter(registry: Registry): Pick<Registry, "manifest" | "tags"> {
  const orAbsent = async <T>(repository: string, absent: T, read: Promise<T>): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof RegistryError) || error.status !== 403) throw error;
      await registry.requirePush(repository);
      return absent;
    }
  };
  return {
    manifest: (repository, reference) => orAbsent(repository, undefined, registry.manifest(repository, reference)),
    tags: (repository) => orAbsent(repository, [], registry.tags(repository)),
  };
}
