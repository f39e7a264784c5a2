import type { PrefetchingSource } from "@release-actions/archive";
import { type Engine, EngineError, type Image, IncompleteImageError } from "@release-actions/docker";
import type { ServedImage } from "@release-actions/loopback-registry";
import { type Image as ArchiveImage, type IndexedArchive, loadedIds } from "@release-actions/oci";
import type { Reporter } from "@release-actions/report";
import { completePull } from "./complete-pull.ts";
import type { EarlyPull } from "./early-pull.ts";
import { expectationOf, type Presence, platformToAsk, requireIdentity, requireUsable } from "./engine-image.ts";
import { ImageTransferError } from "./error.ts";
import { startPull } from "./loopback-pull.ts";

export interface PullThrough {
  readonly indexed: IndexedArchive;
  readonly image: ArchiveImage;
  /** The bytes of the archive. */
  readonly source: PrefetchingSource;
  /** The pull that may have started already. */
  readonly early: EarlyPull;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Called with the image before its loopback name is removed. To keep the image, this must tag it. */
  readonly keep: (image: Presence) => Promise<void>;
}

/** Why the engine cannot pull the image from the loopback registry, although the archive is valid. */
export interface Closed {
  readonly closed: string;
}

const UNREACHABLE: Closed = { closed: "the engine cannot pull from this machine's loopback address" };

/**
 * Lets the engine pull the image from a loopback registry that reads the archive on demand. Download and unpacking
 * overlap, layers that the engine has are not read, and the engine itself verifies every digest. Returns `UNREACHABLE`
 * when the engine sends no request because it runs on another machine or refuses plain HTTP on the loopback address.
 */
export async function pullThrough(engine: Engine, options: PullThrough): Promise<Presence | Closed> {
  const { indexed, image, source, reporter, signal } = options;
  const digest = loadedIds(indexed.archive, image).containerd;
  if (digest === undefined) {
    const isKnown = image.manifest !== undefined;
    return {
      closed: isKnown
        ? "layers are compressed, but their media types say that they are not"
        : "the digests of its compressed layers are known only after reading them",
    };
  }
  const platform = platformToAsk(image);
  const early = await options.early.pullOf(digest, platform);
  await using pull = early ?? (await startPull(engine, { digest, platform, reporter, signal }));
  const total = image.layers.reduce((sum, layer) => sum + layer.size, 0);
  let done = 0;
  pull.serve(servedImage(indexed, image, source), (bytes) => {
    done += bytes;
    reporter.progress({ label: "image", done, total, unit: "bytes" });
  });
  let pulled: Image | undefined;
  try {
    const complete = (): Promise<Image | undefined> =>
      completePull(engine, { indexed, image, source, fetched: pull.fetched(), reporter, signal });
    try {
      pulled = await pull.pulled;
      // Docker 29 can create a container from an incomplete image, but cannot save, push or build on it.
      if (pulled.complete === false) pulled = (await complete()) ?? pulled;
    } catch (error) {
      if (!(error instanceof IncompleteImageError)) throw error;
      pulled = await complete();
      if (pulled === undefined) throw error;
    }
    requireIdentity(pulled, expectationOf(engine, indexed.archive, image));
    const usable = await requireUsable(engine, pulled, signal);
    await options.keep(usable);
    return usable;
  } catch (error) {
    signal.throwIfAborted();
    if (!pull.isReached()) {
      reporter.debug(
        `the engine did not contact the loopback registry: ${error instanceof Error ? error.message : error}`,
      );
      return UNREACHABLE;
    }
    // An error of the source is the cause; the engine only reports that the connection ended early.
    const [cause] = pull.errors;
    if (cause instanceof Error) throw cause;
    if (isDiskFull(error)) throw diskFull(error);
    // The bytes may have been damaged in transfer. containerd keeps what it has received, so another pull would fail in
    // the same way.
    if (pulled === undefined && error instanceof EngineError) return { closed: error.message };
    throw error;
  }
}

function servedImage(
  { archive, blobs }: IndexedArchive,
  { layers }: ArchiveImage,
  source: PrefetchingSource,
): ServedImage {
  // Engines unpack layers in order while they download further ones, so the lowest layer is the most urgent.
  const ranks = new Map(layers.map(({ digest }, index) => [digest, index + 1]));
  const places = [...blobs].map(([digest, { offset, size }]) => {
    const open = (from: number, length: number, signal: AbortSignal): AsyncIterable<Uint8Array> =>
      source.read(offset + from, length, signal, ranks.get(digest));
    return [digest, { size, open }] as const;
  });
  const manifests = new Map([...archive.documents].map(([digest, document]) => [String(digest), document]));
  if (archive.root !== undefined) manifests.set(archive.root.digest, archive.root);
  return { manifests, blobs: new Map(places) };
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && /no space left on device/i.test(error.message);
}

function diskFull(cause: unknown): Error {
  return new ImageTransferError("the engine's disk is full", {
    cause,
    advice: "Free space on the engine's disk (`docker system prune`), or use a larger runner.",
  });
}
