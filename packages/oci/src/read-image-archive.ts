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
  if (hasManifest && !isPackedTransport(files)) return await readDockerArchive(files, image);
  const [message, advice = ADVICE] = describeStranger(files);
  throw new ImageArchiveError("not-an-image", message, { advice });
}

const ADVICE =
  "Write the archive with `docker buildx build --output type=oci,dest=<file>` or with `docker save --output <file>`.";

/** Says what an archive is that holds no image, and what to do if that is not the general advice. */
function describeStranger(files: ArchiveFiles): [message: string, advice?: string] {
  if (files.size("oci-layout") !== undefined) return ["the OCI layout has no index.json"];
  if (files.size("repositories") !== undefined) {
    return ["the archive has only the `repositories` file of engines before 1.10, and no manifest.json"];
  }
  if (isPackedTransport(files)) {
    return [
      "the tar holds a folder that skopeo or podman wrote with `dir:` or `docker-dir`: no engine loads it from a tar",
      "Use the folder itself instead of a tar, or write an archive with `skopeo copy dir:<folder> oci-archive:<file>`.",
    ];
  }
  const folder = folderWithImage(files.paths);
  if (folder !== undefined) {
    return [
      `the image is in the folder ${JSON.stringify(folder)} of the tar, expected at its top`,
      "Pack the content of the folder, with `tar --create --file <file> --directory <folder> .`, or use the folder itself instead of a tar.",
    ];
  }
  const some = files.paths.slice(0, 3).map((path) => JSON.stringify(path));
  const found =
    some.length === 0 ? "no file at all" : `${countOf(files.paths.length, "file")} such as ${some.join(", ")}`;
  const message = `the tar is neither an OCI layout nor a docker archive: it has ${found}`;
  if (!files.paths.some((path) => SYSTEM_FILES.includes(path))) return [message];
  return [
    message,
    `If it is the file system of a container, which \`docker export\` and \`crane export\` write, it lacks the settings of the image. ${ADVICE}`,
  ];
}

/** Files that a container's file system has at least one of. `docker export` adds the first. */
const SYSTEM_FILES: readonly string[] = [".dockerenv", "etc/passwd", "etc/os-release", "usr/lib/os-release", "bin/sh"];

/** A `dir:` folder has these files and no other (containers-transports(5)). */
const TRANSPORT_FILE = /^(?:version|manifest\.json|signature-\d+|(?:sha512-)?[0-9a-f]{64,128}(?:\.manifest\.json)?)$/;

function isPackedTransport({ paths }: ArchiveFiles): boolean {
  return (
    ["version", "manifest.json"].every((name) => paths.includes(name)) &&
    paths.every((path) => TRANSPORT_FILE.test(path))
  );
}

/** The folder that holds the image, if somebody packed a folder instead of its content. */
function folderWithImage(paths: readonly string[]): string | undefined {
  const folders = paths.flatMap((path) => /^(.+)\/(?:oci-layout|manifest\.json)$/.exec(path)?.[1] ?? []);
  const isOfImage = (name: string) => /^(?:oci-layout$|blobs\/sha\d+\/)|\/layer\.tar$/.test(name);
  return folders.find((folder) =>
    paths.some((path) => path.startsWith(`${folder}/`) && isOfImage(path.slice(folder.length + 1))),
  );
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
