import { memorySource, WindowedSource } from "@release-actions/archive";
import { checkImageArchive } from "../check-image-archive.ts";
import type { ImageArchive } from "../image-archive.ts";
import { indexImageArchive } from "../index-image-archive.ts";
import { repackForLoad } from "../load-stream.ts";
import { locateTar } from "../locate-tar.ts";

export async function* chunked(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** The three ways in which actions read an archive. Each returns the content of the archive or refuses it. */
export const archiveReaders: [string, (bytes: Buffer) => Promise<ImageArchive>][] = [
  ["checked before an upload", async (bytes) => (await checkImageArchive(chunked(bytes))).archive],
  ["indexed by ranged reads", indexed],
  ["repacked for a load", repacked],
];

export async function indexed(bytes: Buffer): Promise<ImageArchive> {
  const located = await locateTar(new WindowedSource(memorySource(bytes)));
  if (located.kind !== "anywhere") throw new Error(located.why);
  return (await indexImageArchive(located.source)).archive;
}

async function repacked(bytes: Buffer): Promise<ImageArchive> {
  const output: Uint8Array[] = [];
  const approved: ImageArchive[] = [];
  const stream = repackForLoad(chunked(bytes), (archive) => {
    const held = ["index.json", "manifest.json", "oci-layout"].filter((name) =>
      Buffer.concat(output).includes(`${name}\0`),
    );
    if (held.length > 0) throw new Error(`${held.join()} went out before the archive was approved`);
    approved.push(archive);
    const [image] = archive.images;
    if (image === undefined) throw new Error("an archive without an image came through");
    return image;
  });
  for await (const chunk of stream) output.push(chunk);
  const [archive] = approved;
  if (archive === undefined) throw new Error("nothing was approved");
  return archive;
}
