import { StreamCursor, TAR_END, TolerantTarReader, tarFile } from "@release-actions/archive";
import { isCompanion, openTarStream } from "./archive-stream.ts";
import { DecompressedLayers, type Decompression } from "./decompressed-layers.ts";
import { blobPath } from "./digest.ts";
import type { Image, ImageArchive } from "./image-archive.ts";
import { hasUnpackableLayers, layoutTail, rootFor } from "./layout-tail.ts";
import { readImageArchive } from "./read-image-archive.ts";
import { StreamedFiles } from "./streamed-files.ts";

/** Without one of these no engine finds an image in an archive. They are small, wherever they stand. */
const HELD_BACK = new Set(["index.json", "oci-layout", "manifest.json", "repositories"]);

export interface RepackOptions {
  /** Where the engine keeps its images. Only containerd takes a layout whose blobs have any path. */
  readonly store: "containerd" | "other";
  /** The name or digest of the image to load, of an archive that holds several. */
  readonly image?: string | undefined;
  /** What the engine cannot unpack, and is decompressed on the way. */
  readonly decompress?: Decompression;
}

/**
 * Turns an image archive into one that every engine's load takes, as it goes by. The documents that make an
 * image of its blobs are held back until every blob has been verified and `approve` has chosen the image: what
 * is refused before leaves an engine with an incomplete archive and no image.
 *
 * The tail names the chosen image alone, for engines with the containerd store in `index.json`, for the others
 * in `manifest.json`, both without names: whoever loads it tags it. Layers keep their compression, unless the engine cannot unpack it.
 */
export async function* repackForLoad(
  bytes: AsyncIterable<Uint8Array>,
  approve: (archive: ImageArchive) => Image,
  options: RepackOptions = { store: "other" },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes: tar } = await openTarStream(bytes);
  const files = new StreamedFiles();
  const reader = new TolerantTarReader(new StreamCursor(tar));
  const layers = new DecompressedLayers(options.decompress ?? { compressions: new Set() });
  try {
    for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
      const body = files.record(member, reader.body());
      const isPassed = member.kind === "file" && !HELD_BACK.has(member.path) && !isCompanion(member.path);
      if (isPassed) yield* layers.pass(member, body);
      else for await (const _ of body); // Recording is all that is done with it here.
    }
    const archive = await readImageArchive(files, options);
    const image = approve(archive);
    const entry = {
      Config: files.resolve(image.config.path),
      RepoTags: null,
      Layers: image.layers.map((layer) => layers.place(layer, files.resolve(layer.path))),
    };
    yield* tail(archive, image, entry, options);
  } finally {
    await layers.remove();
  }
}

function* tail(archive: ImageArchive, image: Image, entry: object, { store }: RepackOptions): Generator<Uint8Array> {
  const root = rootFor(archive, image);
  if (store === "containerd" && !hasUnpackableLayers(image)) {
    // `manifest.json` alone, which tells containerd nothing that is wrong.
  } else if (archive.kind === "oci-layout") yield* layoutTail(archive, image);
  else if (store === "containerd" && root !== undefined) {
    // Of a docker archive alone containerd would make a manifest from whatever it has: a layer that it holds compressed
    // already takes the place of the archive's own, and the image gets an identity that nobody can foretell.
    yield tarFile(blobPath(root.digest), root.bytes);
    yield* layoutTail(archive, image);
  }
  yield tarFile("manifest.json", JSON.stringify([entry]));
  yield TAR_END;
}
