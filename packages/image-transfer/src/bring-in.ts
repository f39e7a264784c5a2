import { type PrefetchingSource, WindowedSource } from "@release-actions/archive";
import { type Engine, freeDisk } from "@release-actions/docker";
import {
  type Image as ArchiveImage,
  type ImageArchive,
  type IndexedArchive,
  indexImageArchive,
  locateTar,
  SparseArchiveError,
  selectImage,
} from "@release-actions/oci";
import type { Platform } from "@release-actions/platform";
import { formatBytes, type Reporter } from "@release-actions/report";
import type { ArchiveContent } from "./content.ts";
import { EarlyPull } from "./early-pull.ts";
import { expectationOf, findInEngine, type Presence, requireExpected } from "./engine-image.ts";
import { ImageTransferError } from "./error.ts";
import { loadStream } from "./load-stream.ts";
import { type Closed, pullThrough } from "./pull-through.ts";
import { tagUsable } from "./tag.ts";
import { COMPRESSIONS, notUnpacked, unpacks } from "./unpacking.ts";

/** How an image got into the engine: pulled from the loopback registry, or streamed into the engine's load endpoint. */
export type Via = "registry" | "load";

export interface BringInOptions {
  readonly content: ArchiveContent;
  readonly platform: Platform;
  readonly tags: readonly string[];
  readonly via: Via | "auto";
  /** The name or digest of the image, for an archive with several images. */
  readonly image?: string | undefined;
  /** If set, any other image is refused. It may be the digest of the archive, or the config or manifest digest of the image. */
  readonly expectedDigest: string | undefined;
  /** Called with the archive's digest before any tag moves. If it throws, no tag moves. */
  readonly verify?: (digest: string) => Promise<void>;
  /** The folder for decompressing layers that the engine cannot unpack. Default: the system's temporary folder. */
  readonly tempFolder?: string | undefined;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

export interface BroughtIn extends Presence {
  /** The digest of the archive: see `ImageArchive.digest`. */
  readonly digest: string;
  /** Undefined when the engine had the image already. */
  readonly via: Via | undefined;
}

/**
 * Brings the image of an archive into the engine, and tags it after checking that it is usable.
 *
 * @throws ImageTransferError
 */
export async function bringIn(engine: Engine, options: BringInOptions): Promise<BroughtIn> {
  const { content, signal } = options;
  const found = content.source === undefined ? undefined : await locateTar(new WindowedSource(content.source), signal);
  if (found?.kind !== "anywhere") {
    const why = found?.why ?? "the server does not support range requests";
    return await instead(engine, options, why);
  }
  const brought = await bringIndexed(engine, options, found.source);
  return "closed" in brought ? await instead(engine, options, brought.closed) : brought;
}

/** Brings in the image of an archive that can be read from anywhere. */
async function bringIndexed(
  engine: Engine,
  options: BringInOptions,
  source: PrefetchingSource,
): Promise<BroughtIn | Closed> {
  const { via, reporter, signal } = options;
  await using early = new EarlyPull(engine, options);
  const opened = await openIndexed(source, options, early);
  if ("closed" in opened) return opened;
  const { indexed } = opened;
  const image = choose(indexed.archive, options);
  const { digest } = indexed.archive;
  const { id, platform } = expectationOf(engine, indexed.archive, image);
  const isLacking = id === undefined || (await early.hasStarted(id));
  const present = isLacking ? undefined : await findInEngine(engine, id, platform, signal);
  if (present !== undefined) {
    reporter.info(`the engine already has ${present.id}`);
    await options.verify?.(digest);
    await tagUsable(engine, present.id, options.tags, signal);
    return { ...present, platform: image.platform, digest, via: undefined };
  }
  await requireSpace(engine, image);
  const unknown = notUnpacked(engine, image);
  if (unknown !== undefined && via === "registry") return { closed: unknown };
  if (unknown !== undefined || via === "load") {
    await early[Symbol.asyncDispose]();
    return await throughLoad(engine, options);
  }
  const pulled = await throughRegistry(engine, options, { indexed, image, source, early });
  return "closed" in pulled ? pulled : { ...pulled, platform: image.platform, digest, via: "registry" };
}

async function openIndexed(
  source: PrefetchingSource,
  { signal, image }: BringInOptions,
  early: EarlyPull,
): Promise<{ readonly indexed: IndexedArchive } | Closed> {
  try {
    return { indexed: await indexImageArchive(source, signal, { image, onRoot: early.start.bind(early) }) };
  } catch (error) {
    if (error instanceof SparseArchiveError) return { closed: error.message };
    throw error;
  }
}

/**
 * Streams the archive into the load endpoint because the registry cannot be used.
 *
 * @throws ImageTransferError if `via` allows only the registry
 */
async function instead(engine: Engine, options: BringInOptions, why: string): Promise<BroughtIn> {
  const { content, via, reporter } = options;
  if (via === "registry") {
    throw new ImageTransferError(`${content.label} cannot be served to the engine: ${why}`, {
      advice: "With `via: auto`, the archive is streamed into the engine's load endpoint instead.",
    });
  }
  if (via === "auto") reporter.info(`streaming ${content.label} into the engine's load endpoint, because ${why}`);
  return await throughLoad(engine, options);
}

interface Opened {
  readonly indexed: IndexedArchive;
  readonly image: ArchiveImage;
  readonly source: PrefetchingSource;
  readonly early: EarlyPull;
}

async function throughRegistry(
  engine: Engine,
  { tags, reporter, signal, verify }: BringInOptions,
  opened: Opened,
): Promise<Presence | Closed> {
  const keep = async (usable: Presence): Promise<void> => {
    await verify?.(opened.indexed.archive.digest);
    await tagUsable(engine, usable.id, tags, signal);
  };
  return await pullThrough(engine, { ...opened, reporter, signal, keep });
}

async function throughLoad(engine: Engine, options: BringInOptions): Promise<BroughtIn> {
  const { content, tags, reporter, signal, tempFolder } = options;
  let digest = "";
  let platform = options.platform;
  const usable = await loadStream(engine, {
    content,
    reporter,
    signal,
    total: content.source?.size,
    image: options.image,
    decompress: { compressions: new Set(COMPRESSIONS.filter((it) => !unpacks(engine, it))), tempFolder },
    approve: (archive) => {
      digest = archive.digest;
      const image = choose(archive, options);
      const unknown = notUnpacked(engine, image);
      if (unknown !== undefined) reporter.info(`${unknown}, so they were decompressed on the way`);
      platform = image.platform;
      return image;
    },
    keep: async (image) => {
      await options.verify?.(digest);
      await tagUsable(engine, image.id, tags, signal);
    },
  });
  return { ...usable, platform, digest, via: "load" };
}

/**
 * Chooses the image to load.
 *
 * @throws ImageTransferError if it is not the expected one
 */
function choose(archive: ImageArchive, { content, platform, expectedDigest }: BringInOptions): ArchiveImage {
  const image = selectImage(archive, platform);
  requireExpected(content.label, [archive.digest, image.config.digest, image.manifest?.digest], expectedDigest);
  return image;
}

/** Refuses a pull that would fill the engine's disk. Unpacked layers need even more space than this. */
async function requireSpace(engine: Engine, image: ArchiveImage): Promise<void> {
  const needed = image.layers.reduce((sum, layer) => sum + layer.size, 0);
  const free = await freeDisk(engine);
  if (free === undefined || free >= needed) return;
  throw new ImageTransferError(
    `the engine's disk has ${formatBytes(free)} free; the layers alone are ${formatBytes(needed)} before they are unpacked`,
    { advice: "Free space on the engine's disk (`docker system prune`), or use a larger runner." },
  );
}
