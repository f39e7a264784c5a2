import { type Engine, type Image, inspectImage, tryImage, type Usability } from "@release-actions/docker";
import { type Image as ArchiveImage, type ImageArchive, loadedIds } from "@release-actions/oci";
import type { Platform } from "@release-actions/platform";
import { ImageTransferError } from "./error.ts";

/** What an image must be known by in an engine, computed from the archive alone. */
export interface Expectation {
  /** `sha256:...`; undefined where only reading every layer tells it. */
  readonly id: string | undefined;
  /** The digests of its uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Undefined for an image that does not say what it is for, which an engine asked for a platform does not find. */
  readonly platform: Platform | undefined;
}

/** An image as the engine has it. */
export interface Presence {
  readonly id: string;
  readonly platform: Platform;
}

/** The identity this engine will give an image: the manifest's or index's with the containerd store, else the config's. */
export function expectationOf(engine: Engine, archive: ImageArchive, image: ArchiveImage): Expectation {
  const { containerd, classic } = loadedIds(archive, image);
  return {
    id: engine.containerdStore ? containerd : classic,
    diffIds: image.layers.map(({ diffId }) => diffId),
    platform: platformToAsk(image),
  };
}

/** The platform to ask an engine for; undefined where the image names none. */
export function platformToAsk({ namesPlatform, platform }: ArchiveImage): Platform | undefined {
  return namesPlatform ? platform : undefined;
}

/** The image of that identity in the engine, when it is there for the platform and a container can be made of it. */
export async function findInEngine(
  engine: Engine,
  id: string,
  platform: Platform | undefined,
  signal?: AbortSignal,
): Promise<Presence | undefined> {
  const image = await inspectImage(engine, id, { platform, signal });
  // What lacks content is brought again, of which only that is read.
  if (image === undefined || image.complete === false) return undefined;
  const usability = await proveUsable(engine, image, signal);
  return usability.kind === "usable" ? { id: image.id, platform: image.platform } : undefined;
}

/**
 * That an engine lists an image is not proof that a container can be made of it. An unpacked file system is one; an
 * engine that does not tell of it has to make a container, for which Linux first writes out all that was unpacked.
 */
async function proveUsable(
  engine: Engine,
  { id, platform, unpacked }: Image,
  signal?: AbortSignal,
): Promise<Usability> {
  // An image that does not say what it is for cannot be asked for by that.
  const named = platform.architecture === "" || platform.os === "" ? undefined : platform;
  return unpacked ? { kind: "usable" } : await tryImage(engine, id, { platform: named, signal });
}

/** What the engine says it took in is not proof (F70, F83): it must have the expected identity. */
export function requireIdentity({ id, diffIds }: Image, { id: expected, diffIds: layers }: Expectation): void {
  // Where the engine makes the manifest, its layers tell: they are what the archive's config lists.
  if (expected === undefined ? diffIds.join() === layers.join() : id === expected) return;
  throw new ImageTransferError(
    `the engine made ${id} of the archive, expected ${expected ?? `the layers ${layers.join(", ")}`}`,
    {
      advice: "To avoid testing the wrong image, the step stops: report this with the engine's version.",
    },
  );
}

/** What the engine lists must be of use, too (F70, F83). */
export async function requireUsable(engine: Engine, image: Image, signal?: AbortSignal): Promise<Presence> {
  const usability = await proveUsable(engine, image, signal);
  const { id, platform } = image;
  if (usability.kind === "usable") return { id, platform };
  throw new ImageTransferError(`the engine has ${id}, but cannot create a container from it: ${usability.reason}`, {
    advice: "Look for the cause in the engine's log: a full disk, or a layer it could not unpack.",
  });
}

/** Refuses an image that goes by none of the digests it is known by as the expected one. */
export function requireExpected(
  label: string,
  digests: readonly (string | undefined)[],
  expected: string | undefined,
): void {
  if (expected === undefined || digests.includes(expected)) return;
  const known = [...new Set(digests.filter((digest) => digest !== undefined))].join(", ");
  throw new ImageTransferError(`${label} holds the image ${known}, expected ${expected}`, {
    advice: "It is not the image from the producing job: it was replaced, or `expected-digest` comes from another run.",
  });
}
