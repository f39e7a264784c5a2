import type { ArchiveFiles } from "./archive-files.ts";
import { blobPath } from "./digest.ts";
import { readDockerArchive, readDockerImages } from "./docker-archive.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image, ImageArchive } from "./image-archive.ts";
import { readOciLayout } from "./oci-layout.ts";

/**
 * Reads what image an archive holds: an OCI layout, a docker archive, or both in one file as `docker save`
 * writes it since version 25. Then the layout is what counts, and `manifest.json` must tell the same.
 */
export async function readImageArchive(files: ArchiveFiles): Promise<ImageArchive> {
  requireKnownAlgorithms(files);
  const hasIndex = files.size("index.json") !== undefined;
  const hasManifest = files.size("manifest.json") !== undefined;
  if (hasIndex) {
    const archive = await readOciLayout(files);
    return hasManifest ? await withDockerManifest(archive, files) : archive;
  }
  if (hasManifest) return await readDockerArchive(files);
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
  const found = some.length === 0 ? "no file at all" : `${files.paths.length} files such as ${some.join(", ")}`;
  return `the tar is neither an OCI layout nor a docker archive: it has ${found}`;
}

/** Content that could not be verified must not be there: who knows what else would read it. */
function requireKnownAlgorithms({ paths }: ArchiveFiles): void {
  const strange = paths.find(
    (path) => /^blobs\//.test(path) && !/^blobs\/(sha256\/[0-9a-f]{64}|sha512\/[0-9a-f]{128})$/.test(path),
  );
  if (strange === undefined) return;
  const message = `${JSON.stringify(strange)} is no blob of a known digest algorithm`;
  throw new ImageArchiveError("malformed", message);
}

/** Engines without the containerd store read `manifest.json`, the others `index.json`: one image, or none. */
async function withDockerManifest(archive: ImageArchive, files: ArchiveFiles): Promise<ImageArchive> {
  const images = await readDockerImages(files);
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

/** By path, or by content: a docker archive may name a layer's uncompressed blob. */
function hasLayers({ layers }: Image, paths: readonly string[]): boolean {
  return (
    layers.length === paths.length &&
    layers.every(({ path, diffId }, index) => paths[index] === path || paths[index] === blobPath(diffId))
  );
}
