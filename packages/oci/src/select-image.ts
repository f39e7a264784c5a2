import { canRun, formatPlatform, isSamePlatform, type Platform } from "@release-actions/platform";
import { countOf } from "@release-actions/report";
import { ANY_ARCHITECTURE } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image, ImageArchive, RefusedImage } from "./image-archive.ts";
import { severalImages } from "./image-names.ts";

/**
 * Selects the image for a platform: an exact match, or else the best of the images that the platform can run.
 *
 * @throws ImageArchiveError that names the available platforms, or the missing content of the image
 */
export function selectImage(archive: ImageArchive, wanted: Platform): Image {
  const { images, refused = [] } = archive;
  const isWanted = ({ platform }: { readonly platform: Platform | undefined }): boolean =>
    platform !== undefined && isSamePlatform(wanted, platform);
  const exact = images.filter(isWanted);
  const exactRefused = refused.filter(isWanted);
  requireOneEntry([...exact, ...exactRefused], archive);
  // An unsupported image is ignored when the index has another form of the same image. Nydus, for example, adds its own form.
  const broken = exactRefused.find(({ error }) => error.problem !== "unsupported");
  if (broken !== undefined) throw broken.error;
  // Of two matches in one index the first is used, as in containerd and skopeo.
  const image = exact[0] ?? bestFor(archive, wanted) ?? ofAnyArchitecture(archive, wanted);
  if (image === undefined) throw refusedFor(archive, wanted)?.error ?? noSuchPlatform(archive, wanted);
  if (image.denied !== undefined) throw new ImageArchiveError("mismatch", image.denied);
  requireOwnLayers(image);
  const [missing] = image.missing;
  if (missing === undefined) return image;
  const more = image.missing.length > 1 ? ` and ${image.missing.length - 1} more` : "";
  throw new ImageArchiveError(
    "missing",
    `the image for ${formatPlatform(image.platform)} lacks its layer ${missing}${more}`,
  );
}

/** @throws ImageArchiveError that names the images, when an archive has several for one platform */
export function requireOneImage(archive: ImageArchive): void {
  for (const { platform } of archive.images) {
    requireOneEntry(
      archive.images.filter((other) => isSamePlatform(other.platform, platform)),
      archive,
    );
  }
}

/** Refuses two entries of `index.json` for one platform: they are two images, and the caller has not chosen one. */
function requireOneEntry(images: readonly Pick<Image, "entry">[], { names }: ImageArchive): void {
  const entries = [...new Set(images.flatMap(({ entry }) => entry ?? []))];
  if (entries.length > 1) throw severalImages(names.length === entries.length ? names : entries);
}

/** Requires that the archive contains all layers. Unlike skopeo, this project does not download layers from other places. */
function requireOwnLayers({ layers }: Image): void {
  const foreign = layers.flatMap(({ path, foreignUrls: [url] = [] }) => (url === undefined ? [] : [{ path, url }]));
  const [first] = foreign;
  if (first === undefined) return;
  const lines = foreign.map(({ path, url }) => `${path} from ${url}`);
  const message = `the archive does not contain ${countOf(foreign.length, "foreign layer")} of the image, only where to download ${foreign.length > 1 ? "them" : "it"}: ${lines.join(", ")}`;
  throw new ImageArchiveError("unsupported", message, {
    advice:
      "Save the image with all of its layers, for example with `docker save` where it was pulled, or download each layer to the path named above before the archive is written.",
  });
}

/** An image whose config names no architecture; it is treated as one for the wanted platform. */
function ofAnyArchitecture({ images }: ImageArchive, wanted: Platform): Image | undefined {
  const image = images.find(
    ({ platform: { os, architecture } }) => os === wanted.os && architecture === ANY_ARCHITECTURE,
  );
  return image && { ...image, platform: wanted };
}

function bestFor({ images }: ImageArchive, wanted: Platform): Image | undefined {
  const runnable = images.filter(({ platform }) => canRun(wanted, platform));
  return runnable.reduce<Image | undefined>(
    (best, image) => (best === undefined || canRun(image.platform, best.platform) ? image : best),
    undefined,
  );
}

/** The refused image that would have been selected. One without a platform may be for any platform. */
function refusedFor({ refused = [] }: ImageArchive, wanted: Platform): RefusedImage | undefined {
  return refused.find(({ platform }) => platform === undefined || canRun(wanted, platform));
}

function noSuchPlatform({ images, absentPlatforms }: ImageArchive, wanted: Platform): ImageArchiveError {
  const there = images.map(({ platform }) => formatPlatform(platform)).join(", ");
  const isListed = absentPlatforms.some((platform) => isSamePlatform(platform, wanted));
  const why = isListed ? "; it is listed, but its content is not in the archive" : "";
  return new ImageArchiveError(
    "no-such-platform",
    `there is no image for ${formatPlatform(wanted)}; the archive has ${there}${why}`,
    { advice: `Build the image for ${formatPlatform(wanted)} too, or choose one of ${there}.` },
  );
}
