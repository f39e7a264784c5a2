import { formatReference, parseTaggedReference } from "@release-actions/image-reference";
import { boolean, integer, listOf, object, optional, string } from "@release-actions/json";
import type { Platform } from "@release-actions/platform";
import { atLeast } from "./api-version.ts";
import { call, callJson, collect, pathOf } from "./call.ts";
import type { Engine } from "./engine.ts";
import { EngineError } from "./fault.ts";

/** An image as the engine has it. */
export interface Image {
  /** `sha256:` and 64 digits; see `Engine.containerdStore` for of what. */
  readonly id: string;
  readonly tags: readonly string[];
  /** `name@sha256:…` for each repository it came from. */
  readonly repoDigests: readonly string[];
  readonly platform: Platform;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** In bytes, as the engine counts them. */
  readonly size: number;
  /**
   * Whether the engine has the layers that a container of it needs, for the platform asked for (`ImageManifestSummary`,
   * Engine API 1.48). Only engines with the containerd store tell; of the others nothing can be said from here.
   */
  readonly unpacked: boolean;
  /**
   * Whether the engine has all of its content, which it needs for more than a container: to save it, push it, or build on
   * it. Undefined where the engine does not tell, as with any store but containerd's.
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
      /** In bytes: "directly usable by the containers running this image". */
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
 * Looks an image up by name, by ID or by `name@digest`; undefined when the engine has none, or has
 * it for other platforms only.
 */
export async function inspectImage(
  engine: Engine,
  image: string,
  options: ImageOptions = {},
): Promise<Image | undefined> {
  const { platform, signal } = options;
  const { containerdStore, apiVersion } = engine;
  const tellsUnpacked = containerdStore && atLeast(apiVersion, "1.48");
  // Asked for a platform, the containerd store describes that one, under an ID which no image has.
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

/** Of two variants of `arm` in an image, one may be unpacked and the other not. */
function isSame(one: Platform, other: Platform): boolean {
  return isFor(one, other) && (one.variant ?? "") === (other.variant ?? "");
}

/** Gives an image another name; a name that stood for another image moves. */
export async function tagImage(engine: Engine, image: string, name: string, signal?: AbortSignal): Promise<void> {
  const { tag, ...repository } = parseTaggedReference(name);
  const doing = `tagging ${image} as ${name}`;
  const query = { repo: formatReference(repository), tag };
  const answer = await call(engine, { method: "POST", path: `/images/${pathOf(image)}/tag`, query, signal, doing });
  await collect(answer.body, doing);
}

/**
 * Removes a name, and with its last name the image. False when there was none.
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

/** `undefined` for an answer that says 404. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}
