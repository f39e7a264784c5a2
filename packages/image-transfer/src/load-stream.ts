import { type Engine, type Image, inspectImage, loadImage, removeImage } from "@release-actions/docker";
import {
  type Image as ArchiveImage,
  artifactContent,
  type Decompression,
  type ImageArchive,
  repackForLoad,
} from "@release-actions/oci";
import type { Reporter } from "@release-actions/report";
import type { ArchiveContent } from "./content.ts";
import { type Expectation, expectationOf, type Presence, requireIdentity, requireUsable } from "./engine-image.ts";
import { ImageTransferError } from "./error.ts";

export interface LoadStream {
  readonly content: ArchiveContent;
  /** The total number of bytes, for showing progress; undefined if it is unknown. */
  readonly total: number | undefined;
  /** The name or digest of the image, for an archive with several images. */
  readonly image?: string | undefined;
  /** The compressions that the engine cannot unpack. */
  readonly decompress: Decompression;
  /** Chooses the image, or throws. The engine gets no image before this returns. */
  readonly approve: (archive: ImageArchive) => ArchiveImage;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly keep: (image: Presence) => Promise<void>;
}

/**
 * Streams the archive into the engine's load endpoint, in the form that its image store accepts. The documents that
 * turn the blobs into an image are sent last, after all digests have been verified, so a corrupt archive never becomes
 * an image.
 */
export async function loadStream(engine: Engine, options: LoadStream): Promise<Presence> {
  const { content, reporter, signal } = options;
  // Set when the last part of the stream is sent, which is before the engine can answer.
  let expectation: Expectation | undefined;
  const approve = (archive: ImageArchive): ArchiveImage => {
    const image = options.approve(archive);
    expectation = expectationOf(engine, archive, image);
    return image;
  };
  const open = (): AsyncIterable<Uint8Array> =>
    repackForLoad(artifactContent(counted(content.stream(signal), options)), approve, {
      store: engine.containerdStore ? "containerd" : "other",
      image: options.image,
      decompress: options.decompress,
    });
  const loaded = await loadImage(engine, open, { reporter, signal });
  const [id] = loaded.map((image) => image.id);
  if (id === undefined || expectation === undefined) throw new Error("the load succeeded, but no image was loaded");
  try {
    const image = await listed(engine, id, expectation, signal);
    requireIdentity(image, expectation);
    const usable = await requireUsable(engine, image, signal);
    await options.keep(usable);
    return usable;
  } catch (error) {
    await removeImage(engine, id).catch(() => undefined); // A failure to remove it must not hide the cause.
    throw error;
  }
}

async function listed(engine: Engine, id: string, { platform }: Expectation, signal: AbortSignal): Promise<Image> {
  const image = await inspectImage(engine, id, { platform, signal });
  if (image !== undefined) return image;
  throw new ImageTransferError(`the engine reported ${id}, but no longer has it`, {
    advice: "Something else may remove images on this engine: see its log, and run the job again.",
  });
}

async function* counted(bytes: AsyncIterable<Uint8Array>, { reporter, total }: LoadStream): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of bytes) {
    done += chunk.length;
    reporter.progress({ label: "image", done, total, unit: "bytes" });
    yield chunk;
  }
}
