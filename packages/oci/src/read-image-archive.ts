import type { ArchiveFiles } from "./archive-files.ts";
import { blobPath } from "./digest.ts";
import { readDockerArchive, readDockerImages } from "./docker-archive.ts";
import type { DockerImage } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image, ImageArchive } from "./image-archive.ts";
import { notAnImage } from "./not-an-image.ts";
import { readOciLayout } from "./oci-layout.ts";
import { isTransportFolder } from "./transport-folder.ts";

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
  if (hasManifest && !isTransportFolder(files.paths)) return await readDockerArchive(files, image);
  throw notAnImage(files);
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
