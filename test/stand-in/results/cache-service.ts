import type { CacheEntry } from "../model.ts";
import type { World } from "../world.ts";
import { callerOf } from "./runtime-token.ts";
import { type Method, twirpError } from "./twirp.ts";

const SERVICE = "/twirp/github.actions.results.api.v1.CacheService";
const MAX_KEY_LENGTH = 512;

/** The cache half of the results service (version 2 of the cache API), as `@actions/cache` speaks to it. */
export function cacheService(world: World): Readonly<Record<string, Method>> {
  return {
    [`${SERVICE}/CreateCacheEntry`]: async (message, token) => {
      const { run } = callerOf(world, token);
      const [key, version] = [readKey(message.required("key")), message.required("version")];
      const ref = refOf(run.headBranch);
      if (world.caches.some((entry) => isSame(entry, run.repository.id, ref, key, version))) {
        throw twirpError("already_exists", "cache entry with the same key, version, and scope already exists");
      }
      const entry = world.createCacheEntry({ repository: run.repository, ref, key, version });
      return { ok: true, signed_upload_url: world.storage.uploadUrl(entry.blob) };
    },

    [`${SERVICE}/FinalizeCacheEntryUpload`]: async (message, token) => {
      const { run } = callerOf(world, token);
      const [key, version] = [readKey(message.required("key")), message.required("version")];
      const ref = refOf(run.headBranch);
      const entry = world.caches.find((candidate) => isSame(candidate, run.repository.id, ref, key, version));
      if (entry === undefined || entry.finalized) throw twirpError("not_found", "cache entry not found");
      const size = message.integer("size_bytes") ?? 0;
      const stored = await world.storage.size(entry.blob);
      if (stored !== size)
        throw twirpError("invalid_argument", `size is ${size}, but ${stored ?? 0} bytes were uploaded`);
      entry.size = size;
      entry.finalized = true;
      return { ok: true, entry_id: String(entry.id) };
    },

    [`${SERVICE}/GetCacheEntryDownloadURL`]: async (message, token) => {
      const { run } = callerOf(world, token);
      const [key, version] = [message.required("key"), message.required("version")];
      const branches = [refOf(run.headBranch), refOf(run.repository.defaultBranch)];
      const readable = branches.flatMap((ref) =>
        world.caches
          .filter((entry) => entry.repository === run.repository && entry.ref === ref)
          .filter((entry) => entry.finalized && entry.version === version)
          .reverse(),
      );
      const entry = match(readable, [key, ...message.strings("restore_keys")].map(readKey));
      if (entry === undefined) return { ok: false };
      return { ok: true, signed_download_url: world.storage.downloadUrl(entry.blob), matched_key: entry.key };
    },
  };
}

/** Exact matches first, then prefixes, key by key: docs.github.com, "Cache key matching". */
function match(readable: readonly CacheEntry[], keys: readonly string[]): CacheEntry | undefined {
  for (const key of keys) {
    const hit = readable.find((entry) => entry.key === key) ?? readable.find((entry) => entry.key.startsWith(key));
    if (hit !== undefined) return hit;
  }
  return undefined;
}

function readKey(key: string): string {
  if (key.length > MAX_KEY_LENGTH || key.includes(",")) throw twirpError("invalid_argument", "invalid cache key");
  return key;
}

function isSame(entry: CacheEntry, repositoryId: number, ref: string, key: string, version: string): boolean {
  return entry.repository.id === repositoryId && entry.ref === ref && entry.key === key && entry.version === version;
}

function refOf(branch: string): string {
  return branch.startsWith("refs/") ? branch : `refs/heads/${branch}`;
}
