import { canRun, formatPlatform, isSamePlatform, type Platform } from "@release-actions/platform";
import { countOf } from "@release-actions/report";
import { ANY_ARCHITECTURE } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image, ImageArchive, RefusedImage } from "./image-archive.ts";
import { severalImages } from "./image-names.ts";

/**
 * The image of an archive for a platform: the very one, else the best among those the platform can run.
 *
 * @throws ImageArchiveError naming the platforms there are, or what is missing of the image's content.
 */
export function selectImage(archive: ImageArchive, wanted: Platform): Image {
  const { images, refused = [] } = archive;
  const isWanted = ({ platform }: { readonly platform: Platform | undefined }): boolean =>
    platform !== undefined && isSamePlatform(wanted, platform);
  const exact = images.filter(isWanted);
  const exactRefused = refused.filter(isWanted);
  requireOneEntry([...exact, ...exactRefused], archive);
  // What this project does not support is passed over where the index has another form of it, as nydus adds its own.
  const broken = exactRefused.find(({ error }) => error.problem !== "unsupported");
  if (broken !== undefined) throw broken.error;
  // Of two in one index the first counts, as for containerd and skopeo.
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

/** @throws ImageArchiveError naming the images where an archive has several for one platform. */
export function requireOneImage(archive: ImageArchive): void {
  for (const { platform } of archive.images) {
    requireOneEntry(
      archive.images.filter((other) => isSamePlatform(other.platform, platform)),
      archive,
    );
  }
}

/** Two entries of `index.json` for one platform are two images, and nobody said which is meant. */
function requireOneEntry(images: readonly Pick<Image, "entry">[], { names }: ImageArchive): void {
  const entries = [...new Set(images.flatMap(({ entry }) => entry ?? []))];
  if (entries.length > 1) throw severalImages(names.length === entries.length ? names : entries);
}

/** What is loaded is what the archive contains: nothing is fetched from elsewhere, as skopeo would. */
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

/** The image that names no architecture, as the one that is wanted. */
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

/** The image that would have been taken; one without a platform may be for any. */
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
