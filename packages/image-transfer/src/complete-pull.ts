import type { PrefetchingSource } from "@release-actions/archive";
import { type Engine, type Image, inspectImage, loadImage } from "@release-actions/docker";
import {
  type Image as ArchiveImage,
  type Digest,
  type IndexedArchive,
  loadedIds,
  partialArchive,
} from "@release-actions/oci";
import { countOf, formatBytes, type Reporter, silentReporter } from "@release-actions/report";
import { platformToAsk } from "./engine-image.ts";
import { ImageTransferError } from "./error.ts";

export interface CompletePull {
  readonly indexed: IndexedArchive;
  readonly image: ArchiveImage;
  readonly source: PrefetchingSource;
  /** Digests of the blobs that the engine asked for while it pulled. */
  readonly fetched: ReadonlySet<string>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Loads the layers that a pull left out. An engine with the containerd store does not fetch a layer that it has already
 * unpacked (from a build, a removed image, or an image with another compression), so the pulled image is incomplete.
 * Loading only these layers completes it, and nothing is unpacked twice. Returns undefined when the engine has fetched
 * all layers.
 */
export async function completePull(engine: Engine, options: CompletePull): Promise<Image | undefined> {
  const { indexed, image, source, fetched, reporter, signal } = options;
  const lacking = image.layers.filter(({ digest }) => digest !== undefined && !fetched.has(digest));
  const digests = new Set(lacking.map(({ digest }) => digest as Digest)); // The filter above leaves only layers with a digest.
  if (digests.size === 0) return undefined;
  const bytes = formatBytes(lacking.reduce((sum, { size }) => sum + size, 0));
  const count = countOf(digests.size, "layer");
  reporter.info(`the engine has ${count} in unpacked form only: loading just the missing content (${bytes})`);
  const read = ({ offset, size }: { offset: number; size: number }, rank: number): AsyncIterable<Uint8Array> =>
    source.read(offset, size, signal, rank);
  const [loaded] = await loadImage(engine, () => partialArchive(indexed, image, digests, read), {
    reporter: { ...silentReporter, debug: reporter.debug },
    signal,
  });
  const id = loaded?.id ?? loadedIds(indexed.archive, image).containerd ?? "";
  const whole = await inspectImage(engine, id, { platform: platformToAsk(image), signal });
  if (whole !== undefined) return whole;
  throw new ImageTransferError(`the engine has ${id} and still lacks some of its content`, {
    advice: "Remove the image and the build cache (`docker system prune --all`) and run the job again.",
  });
}
