import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { decompressAny } from "@release-actions/archive";
import { forEachLimited } from "@release-actions/concurrency";
import { algorithmOf, type Compression, type Digest, NO_RATIO, writeTempFile } from "@release-actions/oci";
import type { BlobUpload } from "@release-actions/registry-client";
import { countOf, Fault, formatBytes } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { hasStatements, type Replacement, withCompressedLayers } from "./compressed-documents.ts";
import type { PushableImage } from "./image.ts";

/** How many layers are compressed at a time: zlib uses Node's thread pool, which has four threads. */
const MAX_AT_A_TIME = 4;

/**
 * Compresses layers with gzip if they are uncompressed, or in xz or bzip2, as `docker push` and skopeo do. This is done
 * once for all registries and before the first push, because the image's digest is compared with what the registries
 * have under its tags. The same layers give the same bytes, so that a later attempt can finish one that was stopped. An
 * image with attestations stays as it is, since they name it by its digest.
 */
export async function compressLayers(runner: ActionRunner, image: PushableImage): Promise<PushableImage> {
  const odd = image.blobs.filter(({ digest }) => image.oddLayers.has(digest));
  if (odd.length === 0) return image;
  if (hasStatements([...image.documents, image.root])) {
    runner.info(
      `${countOf(odd.length, "layer is", "layers are")} pushed ${formsOf(image)}, because the image has attestations for its digest`,
    );
    return image;
  }
  const folder = await runner.tempFolder("layers");
  const compressed = new Map<string, Replacement>();
  const uploads = new Map<string, BlobUpload>();
  await forEachLimited(odd, MAX_AT_A_TIME, async (layer) => {
    const file = path.join(folder, layer.digest.replace(":", "-"));
    const replacement = await compressInto(file, layer, image.oddLayers.get(layer.digest) ?? "none", runner.signal);
    compressed.set(layer.digest, replacement);
    uploads.set(layer.digest, { ...replacement, read: () => createReadStream(file) });
  });
  const [before, after] = [odd, [...compressed.values()]].map((all) => all.reduce((sum, { size }) => sum + size, 0));
  const many = countOf(odd.length, "layer");
  runner.info(`compressed ${many} from ${formatBytes(before ?? 0)} to ${formatBytes(after ?? 0)}`);
  const documents = withCompressedLayers([...image.documents, image.root], compressed);
  return {
    ...image,
    blobs: image.blobs.map((blob) => uploads.get(blob.digest) ?? blob),
    documents: documents.slice(0, -1),
    root: documents.at(-1) ?? image.root,
  };
}

/** The compression of the layers in words, such as "uncompressed" or "in xz". */
function formsOf({ oddLayers }: PushableImage): string {
  return [...new Set(oddLayers.values())].map((it) => (it === "none" ? "uncompressed" : `in ${it}`)).join(" and ");
}

async function compressInto(
  file: string,
  { digest, read }: BlobUpload,
  compression: Compression,
  signal: AbortSignal,
): Promise<Replacement> {
  const [source, packed] = [createHash(algorithmOf(digest)), createHash("sha256")];
  let size = 0;
  await pipeline(
    read(),
    async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const chunk of bytes) {
        source.update(chunk);
        yield chunk;
      }
    },
    (bytes: AsyncIterable<Uint8Array>) =>
      compression === "none" ? bytes : decompressAny(bytes, compression, NO_RATIO),
    createGzip(),
    async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const chunk of bytes) {
        packed.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    (bytes: AsyncIterable<Uint8Array>) => writeTempFile(file, bytes, signal),
    { signal },
  );
  const found = `${algorithmOf(digest)}:${source.digest("hex")}`;
  if (found !== digest) throw new Fault(`the layer ${digest} has the digest ${found}: the archive is damaged`);
  return { digest: `sha256:${packed.digest("hex")}` satisfies Digest, size };
}
