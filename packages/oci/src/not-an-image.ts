import { countOf } from "@release-actions/report";
import type { ArchiveFiles } from "./archive-files.ts";
import { ImageArchiveError } from "./error.ts";
import { isTransportFolder } from "./transport-folder.ts";

const ADVICE =
  "Write the archive with `docker buildx build --output type=oci,dest=<file>` or with `docker save --output <file>`.";

/** Files of which a container's file system has at least one. `docker export` adds the first. */
const SYSTEM_FILES: readonly string[] = [".dockerenv", "etc/passwd", "etc/os-release", "usr/lib/os-release", "bin/sh"];

/** Says what a tar is that holds no image at its top, and what to do about it. */
export function notAnImage(files: ArchiveFiles): ImageArchiveError {
  const { paths } = files;
  if (files.size("oci-layout") !== undefined) return refusal("the OCI layout has no index.json");
  if (files.size("repositories") !== undefined) {
    return refusal("the archive has only the `repositories` file of engines before 1.10, and no manifest.json");
  }
  if (isTransportFolder(paths)) {
    return refusal(
      "the tar holds a folder that skopeo or podman wrote with `dir:` or `docker-dir`: no engine loads it from a tar",
      "Use the folder itself instead of a tar, or write an archive with `skopeo copy dir:<folder> oci-archive:<file>`.",
    );
  }
  const folder = folderWithImage(paths);
  if (folder !== undefined) {
    return refusal(
      `the image is in the folder ${JSON.stringify(folder)} of the tar, expected at its top`,
      "Pack the content of the folder, with `tar --create --file <file> --directory <folder> .`, or use the folder itself instead of a tar.",
    );
  }
  const some = paths.slice(0, 3).map((path) => JSON.stringify(path));
  const found = some.length === 0 ? "no file at all" : `${countOf(paths.length, "file")} such as ${some.join(", ")}`;
  const message = `the tar is neither an OCI layout nor a docker archive: it has ${found}`;
  if (!paths.some((path) => SYSTEM_FILES.includes(path))) return refusal(message);
  return refusal(
    message,
    `If it is the file system of a container, which \`docker export\` and \`crane export\` write, it lacks the settings of the image. ${ADVICE}`,
  );
}

function refusal(message: string, advice = ADVICE): ImageArchiveError {
  return new ImageArchiveError("not-an-image", message, { advice });
}

/** The folder that holds the image, if somebody packed a folder instead of its content. */
function folderWithImage(paths: readonly string[]): string | undefined {
  const isOfImage = (name: string) => /^(?:oci-layout$|blobs\/sha\d+\/)|\/layer\.tar$/.test(name);
  const holders = new Set(
    paths.flatMap((path) => foldersAbove(path).filter((folder) => isOfImage(path.slice(folder.length + 1)))),
  );
  const described = paths.flatMap((path) => /^(.+)\/(?:oci-layout|manifest\.json)$/.exec(path)?.[1] ?? []);
  return described.find((folder) => holders.has(folder));
}

/** `a` and `a/b` of `a/b/c`. */
function foldersAbove(path: string): string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
}
