import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { decompressAny, findFile, indexTolerantTar, memorySource, WindowedSource } from "@release-actions/archive";
import { type Engine, pullImage, removeImage } from "@release-actions/docker";
import { startLoopbackRegistry } from "@release-actions/loopback-registry";
import { indexImageArchive } from "@release-actions/oci";
import { dockerArchive, soundLayout, tarOf } from "@release-actions/oci/testing";
import { silentReporter } from "@release-actions/report";

/** The uncompressed tars of the layers of an archive of one image. */
export async function layersOf(archive: Buffer): Promise<Buffer[]> {
  const source = new WindowedSource(memorySource(archive));
  const [image] = (await indexImageArchive(source)).archive.images;
  if (image === undefined) throw new Error("the archive has no image");
  const { members } = await indexTolerantTar(source);
  return await Promise.all(
    image.layers.map(async ({ path, compression }) => {
      const file = findFile(members, path);
      if (file === undefined) throw new Error(`the archive has no ${path}`);
      const stored = source.read(file.offset, file.size);
      return await buffer(compression === "none" ? stored : decompressAny(stored, compression));
    }),
  );
}

export type Layers = readonly (string | Buffer)[];

/** Archives of another image that an engine may already have, by the part of these layers that it contains. */
export const HELD_IMAGES = {
  "the base image": (layers: Layers) => tarOf(soundLayout({ layers: layers.slice(0, 1), ...another() })),
  "the same layers with gzip": (layers: Layers) => tarOf(soundLayout({ layers, ...another() })),
  "the same layers uncompressed": (layers: Layers) => tarOf(soundLayout({ layers, compression: "none", ...another() })),
  "the same layers as a docker archive": (layers: Layers) => tarOf(dockerArchive({ layers, ...another() })),
} as const;

const another = (): { config: { author: string } } => ({ config: { author: randomUUID() } });

/** An image on top of these layers: while it stays, the engine keeps them unpacked. */
export const madeFrom = (layers: Layers): Buffer =>
  tarOf(soundLayout({ layers: [...layers, randomUUID()], compression: "none" }));

/**
 * Lets the engine pull the image of an OCI archive, and ends the connection in the middle of a layer. Returns false
 * when the engine did not fetch a layer: the containerd store keeps layers unpacked for a while after their image
 * was removed, and does not fetch them again.
 */
export async function pullHalf(engine: Engine, archive: Buffer): Promise<boolean> {
  const source = new WindowedSource(memorySource(archive));
  const indexed = await indexImageArchive(source);
  const layers = new Set(indexed.archive.images.flatMap((image) => image.layers.map(({ digest }) => digest)));
  // Cancel the pull: engines would retry for a minute.
  const broken = new AbortController();
  const half = [...indexed.blobs].map(([digest, { offset, size }]) => {
    async function* open(from: number, length: number): AsyncGenerator<Uint8Array> {
      if (!layers.has(digest)) return yield* source.read(offset + from, length);
      yield* source.read(offset + from, Math.floor(length / 2));
      broken.abort();
      throw new Error("the line broke");
    }
    return [String(digest), { size, open }] as const;
  });
  const manifests = new Map([...indexed.archive.documents].map(([digest, it]) => [String(digest), it]));
  const image = { manifests, blobs: new Map(half) };
  await using registry = await startLoopbackRegistry({ image, onError: () => undefined });
  const reference = `${registry.repository}@${indexed.archive.digest}`;
  const options = { platform: engine.platform, reporter: silentReporter, signal: broken.signal };
  const pulled = await pullImage(engine, reference, options).catch(() => undefined);
  if (pulled !== undefined) await removeImage(engine, reference, { force: true });
  return pulled === undefined;
}
