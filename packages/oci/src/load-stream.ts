import { StreamCursor, TAR_END, TarReader, tarFile, tarHeader, tarPadding } from "@release-actions/archive";
import { openTarStream } from "./archive-stream.ts";
import type { Digest } from "./digest.ts";
import type { Document, Image, ImageArchive } from "./image-archive.ts";
import { OCI_INDEX } from "./media-types.ts";
import { readImageArchive } from "./read-image-archive.ts";
import { StreamedFiles } from "./streamed-files.ts";

/** Without one of these no engine finds an image in an archive. They are small, wherever they stand. */
const HELD_BACK = new Set(["index.json", "oci-layout", "manifest.json", "repositories"]);

/**
 * Turns an image archive into one that every engine's load takes, as it goes by. The documents that make an
 * image of its blobs are held back until every blob has been verified and `approve` has chosen the image: what
 * is refused before leaves an engine with an incomplete archive and no image.
 *
 * The tail names the chosen image alone, for engines with the containerd store in `index.json`, for the others
 * in `manifest.json`, both without names: whoever loads it tags it. Layers keep their compression.
 */
export async function* repackForLoad(
  bytes: AsyncIterable<Uint8Array>,
  approve: (archive: ImageArchive) => Image,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes: tar } = await openTarStream(bytes);
  const files = new StreamedFiles();
  const reader = new TarReader(new StreamCursor(tar));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    const isPassed = member.kind === "file" && !HELD_BACK.has(member.path);
    if (isPassed) yield tarHeader({ kind: "file", path: member.path, size: member.size });
    for await (const chunk of files.record(member, reader.body())) if (isPassed) yield chunk;
    if (isPassed) yield tarPadding(member.size);
  }
  const archive = await readImageArchive(files);
  yield* tail(archive, approve(archive), (path) => files.resolve(path));
}

/** The identities under which engines know an image that was loaded from `repackForLoad`. */
export interface LoadedIds {
  /** With the containerd store: the index or manifest. Undefined where only reading the layers tells it. */
  readonly containerd: Digest | undefined;
  /** With any other store: the config. */
  readonly classic: Digest;
}

export function loadedIds(archive: ImageArchive, image: Image): LoadedIds {
  return { containerd: rootFor(archive, image)?.digest, classic: image.config.digest };
}

/** What the tail's index names: the one index of the archive, or else the image's own manifest. */
function rootFor(archive: ImageArchive, image: Image): Document | undefined {
  return archive.identity === "index.json" ? image.manifest : archive.root;
}

function* tail(archive: ImageArchive, image: Image, resolve: (path: string) => string): Generator<Uint8Array> {
  const root = rootFor(archive, image);
  // The containerd store makes the same manifest for a docker archive as we do.
  if (archive.kind === "oci-layout" && root !== undefined) {
    const descriptor = { mediaType: root.mediaType, digest: root.digest, size: root.bytes.length };
    yield tarFile("index.json", JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor] }));
    yield tarFile("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  }
  const layers = image.layers.map(({ path }) => resolve(path));
  yield tarFile(
    "manifest.json",
    JSON.stringify([{ Config: resolve(image.config.path), RepoTags: null, Layers: layers }]),
  );
  yield TAR_END;
}
