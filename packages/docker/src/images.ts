import { formatReference, parseTaggedReference } from "@release-actions/image-reference";
import { integer, listOf, object, optional, string } from "@release-actions/json";
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
}

export interface ImageOptions {
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
}

const imageAnswer = object({
  Id: string,
  RepoTags: optional(listOf(string), []),
  RepoDigests: optional(listOf(string), []),
  Os: string,
  Architecture: string,
  Variant: optional(string),
  Size: optional(integer, 0),
  RootFS: optional(object({ Layers: optional(listOf(string), []) })),
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
  const found = await inspect(engine, image, undefined, signal);
  if (found === undefined || platform === undefined) return found;
  // Asked for a platform, the containerd store describes that one, under an ID which is none of an image.
  const knowsPlatforms = engine.containerdStore && atLeast(engine.apiVersion, "1.49");
  const wanted = knowsPlatforms ? await inspect(engine, image, platform, signal) : found;
  return wanted !== undefined && isFor(wanted, platform) ? { ...wanted, id: found.id } : undefined;
}

async function inspect(
  engine: Engine,
  image: string,
  platform: Platform | undefined,
  signal: AbortSignal | undefined,
): Promise<Image | undefined> {
  const inspection = {
    method: "GET",
    path: `/images/${pathOf(image)}/json`,
    query: { platform: platform && JSON.stringify(platform) },
    signal,
    doing: `looking for ${image}`,
  } as const;
  const found = await unlessMissing(callJson(engine, inspection, imageAnswer));
  return (
    found && {
      id: found.Id,
      tags: found.RepoTags,
      repoDigests: found.RepoDigests,
      platform: { os: found.Os, architecture: found.Architecture, variant: found.Variant },
      diffIds: found.RootFS?.Layers ?? [],
      size: found.Size,
    }
  );
}

function isFor({ platform }: Image, wanted: Platform): boolean {
  return platform.os === wanted.os && platform.architecture === wanted.architecture;
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
