import { type Engine, type Image, inspectImage, tryImage, type Usability } from "@release-actions/docker";
import { type Image as ArchiveImage, type ImageArchive, loadedIds } from "@release-actions/oci";
import type { Platform } from "@release-actions/platform";
import { ImageTransferError } from "./error.ts";

/** How an engine must identify an image, computed from the archive alone. */
export interface Expectation {
  /** `sha256:...`; undefined if it is known only after reading every layer. */
  readonly id: string | undefined;
  /** The digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Undefined for an image that does not name its platform, which an engine would not find by platform. */
  readonly platform: Platform | undefined;
}

/** An image in the engine. */
export interface Presence {
  readonly id: string;
  readonly platform: Platform;
}

/**
 * The ID that this engine gives an image: the digest of its manifest or index with the containerd store, otherwise that
 * of its config.
 */
export function expectationOf(engine: Engine, archive: ImageArchive, image: ArchiveImage): Expectation {
  const { containerd, classic } = loadedIds(archive, image);
  return {
    id: engine.containerdStore ? containerd : classic,
    diffIds: image.layers.map(({ diffId }) => diffId),
    platform: platformToAsk(image),
  };
}

/** The platform to ask an engine for; undefined if the image does not name one. */
export function platformToAsk({ namesPlatform, platform }: ArchiveImage): Platform | undefined {
  return namesPlatform ? platform : undefined;
}

/**
 * Finds the image with this ID in the engine. Returns undefined unless it is there for the platform, complete, and
 * usable for a container.
 */
export async function findInEngine(
  engine: Engine,
  id: string,
  platform: Platform | undefined,
  signal?: AbortSignal,
): Promise<Presence | undefined> {
  const image = await inspectImage(engine, id, { platform, signal });
  // An incomplete image is transferred again, which reads only the missing parts.
  if (image === undefined || image.complete === false) return undefined;
  const usability = await proveUsable(engine, image, signal);
  return usability.kind === "usable" ? { id: image.id, platform: image.platform } : undefined;
}

/**
 * Checks that a container can be created from an image, which its presence in the engine's list does not prove. An
 * unpacked file system proves it. If the engine does not report that, it has to create a container, which is slower
 * because Linux first writes all unpacked data to the disk.
 */
async function proveUsable(
  engine: Engine,
  { id, platform, unpacked }: Image,
  signal?: AbortSignal,
): Promise<Usability> {
  // An image that does not name its platform cannot be found by platform.
  const named = platform.architecture === "" || platform.os === "" ? undefined : platform;
  return unpacked ? { kind: "usable" } : await tryImage(engine, id, { platform: named, signal });
}

/**
 * Checks that the engine's image has the expected ID; the engine's report that it loaded the image is not proof.
 *
 * @throws ImageTransferError
 */
export function requireIdentity({ id, diffIds }: Image, { id: expected, diffIds: layers }: Expectation): void {
  // If the engine makes the manifest itself, the ID is not known, and the layers are compared with those in the
  // archive's config.
  if (expected === undefined ? diffIds.join() === layers.join() : id === expected) return;
  throw new ImageTransferError(
    `the engine created ${id} from the archive, expected ${expected ?? `the layers ${layers.join(", ")}`}`,
    {
      advice: "To avoid testing the wrong image, the step stops: report this with the engine's version.",
    },
  );
}

/**
 * Checks that a container can be created from an image that the engine lists.
 *
 * @throws ImageTransferError
 */
export async function requireUsable(engine: Engine, image: Image, signal?: AbortSignal): Promise<Presence> {
  const usability = await proveUsable(engine, image, signal);
  const { id, platform } = image;
  if (usability.kind === "usable") return { id, platform };
  throw new ImageTransferError(`the engine has ${id}, but cannot create a container from it: ${usability.reason}`, {
    advice: "Look for the cause in the engine's log: a full disk, or a layer it could not unpack.",
  });
}

/**
 * Refuses an image unless one of its digests is the expected one.
 *
 * @throws ImageTransferError
 */
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
