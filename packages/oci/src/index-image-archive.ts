import {
  findFile,
  indexTolerantTar,
  type PrefetchingSource,
  readExactly,
  type TarIndex,
} from "@release-actions/archive";
import type { Platform } from "@release-actions/platform";
import type { ArchiveFiles } from "./archive-files.ts";
import { BlobForecast } from "./blob-forecast.ts";
import { checkImageArchive } from "./check-image-archive.ts";
import { type Digest, digestOfBlobPath } from "./digest.ts";
import { ImageArchiveError } from "./error.ts";
import type { Document, ImageArchive } from "./image-archive.ts";
import { LAYER_HEAD_BYTES } from "./layer-content.ts";
import { type ReadOptions, readImageArchive } from "./read-image-archive.ts";
import { readTail } from "./tail.ts";

/** The position of a blob in the tar, in bytes. */
export interface BlobPlace {
  readonly offset: number;
  readonly size: number;
}

/** An archive whose documents have been read and whose layers have not: the reader of a blob must verify its digest. */
export interface IndexedArchive {
  readonly archive: ImageArchive;
  /** Every blob in the archive, by digest: configs, layers, and the blobs of attestations. */
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
  /** False when the tar lacks its two closing blocks of zeros. */
  readonly hasEndBlocks: boolean;
}

/** Thrown for an archive with sparse members. Their holes are not stored, so the archive can only be read from front to back. */
export class SparseArchiveError extends ImageArchiveError {
  override readonly name = "SparseArchiveError";

  constructor(path: string) {
    super("unsupported", `the archive holds ${JSON.stringify(path)} as a sparse file, of which parts are left out`, {
      advice: "Write the archive without `tar --sparse`.",
    });
  }
}

export interface IndexOptions extends ReadOptions {
  /**
   * Called with the root document, and the platform that its entry names, if the end of the archive shows them. It is
   * a hint: the archive may turn out to have another root, or to be no image at all.
   */
  readonly onRoot?: (root: Document, platform: Platform | undefined) => void;
}

/**
 * Indexes an image archive by reading its headers and documents only.
 *
 * @throws SparseArchiveError for an archive with sparse members
 */
export async function indexImageArchive(
  source: PrefetchingSource,
  signal?: AbortSignal,
  { onRoot, ...wanted }: IndexOptions = {},
): Promise<IndexedArchive> {
  const options = signal === undefined ? {} : { signal };
  const tail = await readTail(source, signal);
  if (tail?.root !== undefined) onRoot?.(tail.root, tail.index.manifests[0]?.platform);
  const forecast = tail && new BlobForecast(source, tail);
  const index = await indexTolerantTar(source, {
    ...options,
    onMember: async (member) => {
      // After a sparse member, offsets in the tar no longer match offsets in the content.
      if (member.isSparse) throw new SparseArchiveError(member.path);
      await forecast?.onMember(member);
    },
  });
  const archive = await readImageArchive(indexedFiles(source, index, signal), wanted);
  return { archive, blobs: placesOf(index, archive), hasEndBlocks: index.hasEndBlocks };
}

/** Indexes an image archive by reading all of it. For some docker archives this is the only way to learn the layers' digests. */
export async function digestImageArchive(source: PrefetchingSource, signal?: AbortSignal): Promise<IndexedArchive> {
  const { archive, hasEndBlocks } = await checkImageArchive(source.read(0, source.size, signal));
  const index = await indexTolerantTar(source, signal === undefined ? {} : { signal });
  return { archive, blobs: placesOf(index, archive), hasEndBlocks };
}

function indexedFiles(source: PrefetchingSource, { members }: TarIndex, signal?: AbortSignal): ArchiveFiles {
  const readFile = async (path: string, maxBytes: number): Promise<Uint8Array> => {
    const file = findFile(members, path);
    return file === undefined
      ? new Uint8Array(0)
      : await readExactly(source, file.offset, Math.min(file.size, maxBytes), signal);
  };
  return {
    paths: [...members.values()].filter(({ kind }) => kind !== "directory").map(({ path }) => path),
    size: (path) => findFile(members, path)?.size,
    read: (path) => readFile(path, Number.POSITIVE_INFINITY),
    head: (path) => readFile(path, LAYER_HEAD_BYTES),
    digest: () => undefined,
    plainDigest: () => undefined,
  };
}

function placesOf({ members }: TarIndex, { images }: ImageArchive): ReadonlyMap<Digest, BlobPlace> {
  const places = new Map<Digest, BlobPlace>();
  const add = (digest: Digest | undefined, path: string): void => {
    const file = findFile(members, path);
    if (digest !== undefined && file !== undefined) places.set(digest, { offset: file.offset, size: file.size });
  };
  for (const path of members.keys()) add(digestOfBlobPath(path), path);
  for (const { config, layers } of images) {
    for (const { digest, path } of [config, ...layers]) add(digest, path);
  }
  return places;
}
