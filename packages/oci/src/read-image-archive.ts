import { countOf } from "@release-actions/report";
import type { ArchiveFiles } from "./archive-files.ts";
import { blobPath } from "./digest.ts";
import { readDockerArchive, readDockerImages } from "./docker-archive.ts";
import type { DockerImage } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image, ImageArchive } from "./image-archive.ts";
import { readOciLayout } from "./oci-layout.ts";

export interface ReadOptions {
  /** The name or digest of the image to read, for an archive of several images. */
  readonly image?: string | undefined;
}

/**
 * Reads the images of an archive, which is an OCI layout, a docker archive, or both in one file as `docker save`
 * writes since version 25. If it is both, the layout is used, and `manifest.json` must describe the same images.
 *
 * @throws ImageArchiveError when the archive holds no image, is malformed or contradicts itself
 */
export async function readImageArchive(files: ArchiveFiles, { image }: ReadOptions = {}): Promise<ImageArchive> {
  const hasIndex = files.size("index.json") !== undefined;
  const hasManifest = files.size("manifest.json") !== undefined;
  if (hasIndex) {
    const archive = await readOciLayout(files, image);
    return hasManifest ? await withDockerManifest(archive, files, image !== undefined) : archive;
  }
  if (hasManifest) return await readDockerArchive(files, image);
  throw new ImageArchiveError("not-an-image", describeStranger(files), { advice: ADVICE });
}

const ADVICE =
  "Write the archive with `docker buildx build --output type=oci,dest=<file>` or with `docker save --output <file>`.";

function describeStranger(files: ArchiveFiles): string {
  if (files.size("oci-layout") !== undefined) return "the OCI layout has no index.json";
  if (files.size("repositories") !== undefined) {
    return "the archive has only the `repositories` file of engines before 1.10, and no manifest.json";
  }
  const some = files.paths.slice(0, 3).map((path) => JSON.stringify(path));
  const found =
    some.length === 0 ? "no file at all" : `${countOf(files.paths.length, "file")} such as ${some.join(", ")}`;
  return `the tar is neither an OCI layout nor a docker archive: it has ${found}`;
}

/** Requires that `manifest.json`, which engines without the containerd store read, describes the same images as `index.json`, which the others read. */
async function withDockerManifest(
  archive: ImageArchive,
  files: ArchiveFiles,
  isChosen: boolean,
): Promise<ImageArchive> {
  const all = await readDockerImages(files);
  const isRead = ({ configPath }: DockerImage): boolean =>
    archive.images.some(({ config }) => config.path === configPath);
  const images = isChosen ? all.filter(isRead) : all;
  for (const { configPath, layerPaths } of images) {
    const twin = archive.images.find((image) => image.config.path === configPath);
    if (twin === undefined) {
      const message = `manifest.json names the config ${JSON.stringify(configPath)}, which no image of index.json has`;
      throw new ImageArchiveError("mismatch", message);
    }
    if (hasLayers(twin, layerPaths)) continue;
    throw new ImageArchiveError("mismatch", "manifest.json and index.json list different layers for one config");
  }
  return { ...archive, names: [...new Set([...archive.names, ...images.flatMap(({ repoTags }) => repoTags)])] };
}

/** Compares layers by path or by content, since `manifest.json` may name the uncompressed blob of a layer. */
function hasLayers({ layers }: Image, paths: readonly string[]): boolean {
  return (
    layers.length === paths.length &&
    layers.every(({ path, diffId }, index) => paths[index] === path || paths[index] === blobPath(diffId))
  );
}
