import { StreamCursor, TAR_END, TolerantTarReader, tarFile } from "@release-actions/archive";
import { isCompanion, openTarStream } from "./archive-stream.ts";
import { DecompressedLayers, type Decompression } from "./decompressed-layers.ts";
import { blobPath } from "./digest.ts";
import type { Image, ImageArchive } from "./image-archive.ts";
import { hasUnpackableLayers, layoutTail, rootFor } from "./layout-tail.ts";
import { readImageArchive } from "./read-image-archive.ts";
import { StreamedFiles } from "./streamed-files.ts";

/** The files without which no engine finds an image in an archive. They are small, wherever they are in the tar. */
const HELD_BACK = new Set(["index.json", "oci-layout", "manifest.json", "repositories"]);

/** What the archive must be adapted to. */
export interface RepackOptions {
  /** The kind of store that holds the engine's images. Only containerd accepts a layout whose blobs have arbitrary paths. */
  readonly store: "containerd" | "other";
  /** The name or digest of the image to load, for an archive of several images. */
  readonly image?: string | undefined;
  /** The compressions that the engine cannot unpack: such layers are decompressed on the way. */
  readonly decompress?: Decompression;
}

/**
 * Rewrites an image archive, as a stream, into one that every engine can load. The documents that turn its blobs
 * into an image are held back until every blob has been verified and `approve` has chosen the image. If the archive
 * is refused before that, the engine has received an incomplete archive and creates no image.
 *
 * These documents list only the chosen image: `index.json` for engines with the containerd store, `manifest.json` for the
 * others. The image has no name: the caller tags it after loading. Layers keep their compression unless the engine cannot unpack it.
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
      else for await (const _ of body); // The loop only reads the body, which records the file.
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
    // Only `manifest.json` is written: unlike the image's own manifest, it says nothing wrong about the layers.
  } else if (archive.kind === "oci-layout") yield* layoutTail(archive, image);
  else if (store === "containerd" && root !== undefined) {
    // From a docker archive alone, containerd would generate a manifest. It may refer to compressed copies of layers that
    // containerd already stores, so the digest of the image could not be predicted.
    yield tarFile(blobPath(root.digest), root.bytes);
    yield* layoutTail(archive, image);
  }
  yield tarFile("manifest.json", JSON.stringify([entry]));
  yield TAR_END;
}
