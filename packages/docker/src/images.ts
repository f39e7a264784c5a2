import { formatReference, parseTaggedReference } from "@release-actions/image-reference";
import { boolean, integer, listOf, object, optional, string } from "@release-actions/json";
import type { Platform } from "@release-actions/platform";
import { atLeast } from "./api-version.ts";
import { call, callJson, collect, pathOf } from "./call.ts";
import type { Engine } from "./engine.ts";
import { EngineError } from "./fault.ts";

/** An image in the engine. */
export interface Image {
  /** `sha256:` and 64 digits; `Engine.containerdStore` tells which digest this is. */
  readonly id: string;
  readonly tags: readonly string[];
  /** `name@sha256:…` for each repository that it came from. */
  readonly repoDigests: readonly string[];
  readonly platform: Platform;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** The size in bytes, as the engine reports it. */
  readonly size: number;
  /**
   * Whether the engine has unpacked the layers that a container needs, for the requested platform
   * (`ImageManifestSummary`, Engine API 1.48). Always false for engines without the containerd store, which do not
   * report it.
   */
  readonly unpacked: boolean;
  /**
   * Whether the engine has all content of the image, which it needs to save, push or build on it. Undefined if the
   * engine does not report it, as with any store except containerd's.
   */
  readonly complete: boolean | undefined;
}

export interface ImageOptions {
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
}

const manifestSummary = object({
  Available: boolean,
  ImageData: optional(
    object({
      Platform: object({ os: string, architecture: string, variant: optional(string) }),
      /** In bytes; `Unpacked` is the size "directly usable by the containers running this image". */
      Size: object({ Unpacked: integer }),
    }),
  ),
});

const imageAnswer = object({
  Id: string,
  RepoTags: optional(listOf(string), []),
  RepoDigests: optional(listOf(string), []),
  Os: string,
  Architecture: string,
  Variant: optional(string),
  Size: optional(integer, 0),
  RootFS: optional(object({ Layers: optional(listOf(string), []) })),
  Manifests: optional(listOf(manifestSummary), []),
});

/**
 * Finds an image by name, by ID or by `name@digest`. Returns undefined when the engine does not have it, or has it only
 * for other platforms.
 */
export async function inspectImage(
  engine: Engine,
  image: string,
  options: ImageOptions = {},
): Promise<Image | undefined> {
  const { platform, signal } = options;
  const { containerdStore, apiVersion } = engine;
  const tellsUnpacked = containerdStore && atLeast(apiVersion, "1.48");
  // When asked for one platform, the containerd store describes that platform, but with an ID that no image has. So the
  // ID comes from a second request without a platform.
  const knowsPlatforms = platform !== undefined && containerdStore && atLeast(apiVersion, "1.49");
  const [found, ofPlatform] = await Promise.all([
    inspect(engine, image, tellsUnpacked ? { manifests: "1" } : {}, signal),
    knowsPlatforms ? inspect(engine, image, { platform: JSON.stringify(platform) }, signal) : undefined,
  ]);
  if (found === undefined) return undefined;
  const wanted = knowsPlatforms ? ofPlatform : found;
  if (wanted === undefined || (platform !== undefined && !isFor(wanted.platform, platform))) return undefined;
  const manifest = found.manifests.find((candidate) => isSame(candidate.platform, wanted.platform));
  return {
    ...wanted,
    id: found.id,
    unpacked: manifest?.available === true && manifest.unpackedBytes > 0,
    complete: manifest?.available,
  };
}

/** The ID of the image with this name or digest; undefined if there is none. */
export async function imageId(engine: Engine, name: string, signal?: AbortSignal): Promise<string | undefined> {
  return (await inspect(engine, name, {}, signal))?.id;
}

type Inspected = Omit<Image, "unpacked" | "complete"> & { readonly manifests: readonly InspectedManifest[] };

interface InspectedManifest {
  readonly platform: Platform;
  readonly available: boolean;
  readonly unpackedBytes: number;
}

async function inspect(
  engine: Engine,
  image: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Inspected | undefined> {
  const path = `/images/${pathOf(image)}/json`;
  const inspection = { method: "GET", path, query, signal, doing: `looking for ${image}` } as const;
  const found = await unlessMissing(callJson(engine, inspection, imageAnswer));
  return (
    found && {
      id: found.Id,
      tags: found.RepoTags,
      repoDigests: found.RepoDigests,
      platform: { os: found.Os, architecture: found.Architecture, variant: found.Variant },
      diffIds: found.RootFS?.Layers ?? [],
      size: found.Size,
      manifests: found.Manifests.flatMap(({ Available, ImageData: data }) =>
        data === undefined
          ? []
          : [{ platform: data.Platform, available: Available, unpackedBytes: data.Size.Unpacked }],
      ),
    }
  );
}

function isFor(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture;
}

/** Compares variants as well: an image may have two variants of `arm`, of which only one is unpacked. */
function isSame(one: Platform, other: Platform): boolean {
  return isFor(one, other) && (one.variant ?? "") === (other.variant ?? "");
}

/** Gives an image another name. A name of another image moves to this one. */
export async function tagImage(engine: Engine, image: string, name: string, signal?: AbortSignal): Promise<void> {
  const { tag, ...repository } = parseTaggedReference(name);
  const doing = `tagging ${image} as ${name}`;
  const query = { repo: formatReference(repository), tag };
  const answer = await call(engine, { method: "POST", path: `/images/${pathOf(image)}/tag`, query, signal, doing });
  await collect(answer.body, doing);
}

/**
 * Removes a name of an image, and the image itself with its last name. Returns false when there was no such image.
 *
 * @throws EngineError of status 409 when a container still needs it.
 */
export async function removeImage(
  engine: Engine,
  image: string,
  options: { force?: boolean; signal?: AbortSignal } = {},
): Promise<boolean> {
  const { force = false, signal } = options;
  const doing = `removing ${image}`;
  const query = { force: String(force) };
  const removed = call(engine, { method: "DELETE", path: `/images/${pathOf(image)}`, query, signal, doing });
  const answer = await unlessMissing(removed);
  if (answer !== undefined) await collect(answer.body, doing);
  return answer !== undefined;
}

/** `undefined` if the answer has status 404. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}
