import {
  BLOCK_BYTES,
  memorySource,
  type PrefetchingSource,
  readExactly,
  SourceCursor,
  type TarMember,
  TolerantTarReader,
} from "@release-actions/archive";
import { algorithmOf, blobPath, digestOf } from "./digest.ts";
import { type Index, parseIndex } from "./documents.ts";
import type { Document } from "./image-archive.ts";
import { leadsToImage } from "./media-types.ts";

/** Buildx and docker write `index.json` and what follows it within the last few KiB, and often small blobs before it. */
export const TAIL_BYTES = 64 * 1024;
/** The start of a header of a file of interest. */
const NAME = /^(?:index\.json\0|blobs\/)/;

/** What the end of a tar shows before the walk gets there. */
export interface Tail {
  readonly index: Index;
  /** The blobs that are in the tail. */
  readonly blobs: readonly TarMember[];
  /** The manifest or index that is the only entry of `index.json`, if the tail has it with the digest that the entry says. */
  readonly root: Document | undefined;
}

/**
 * Looks for `index.json` and for blobs at the end of a tar. The result is only a hint, since the content of a layer can
 * look like a header: the walk from the beginning decides what the archive contains.
 */
export async function readTail(source: PrefetchingSource, signal?: AbortSignal): Promise<Tail | undefined> {
  const end = source.size - (source.size % BLOCK_BYTES);
  const start = Math.max(0, end - TAIL_BYTES);
  const tail = Buffer.from(await readExactly(source, start, end - start, signal));
  const members = await readMembers(tail);
  const last = members.findLast(({ path }) => path === "index.json");
  if (last === undefined) return undefined;
  try {
    const index = parseIndex(tail.subarray(last.offset, last.offset + last.size), last.path);
    const blobs = members.filter(({ path }) => path !== last.path);
    const root = findRoot(index, blobs, tail);
    return { index, root, blobs: blobs.map((blob) => ({ ...blob, offset: start + blob.offset })) };
  } catch {
    return undefined; // The walk reads this index again, and reports what is wrong with it.
  }
}

function findRoot({ manifests }: Index, blobs: readonly TarMember[], tail: Uint8Array): Document | undefined {
  const [entry] = manifests;
  if (entry === undefined || manifests.length > 1 || !leadsToImage(entry.mediaType)) return undefined;
  const { digest, mediaType } = entry;
  const blob = blobs.find(({ path }) => path === blobPath(digest));
  if (blob === undefined) return undefined;
  const bytes = tail.subarray(blob.offset, blob.offset + blob.size);
  return digestOf(bytes, algorithmOf(digest)) === digest ? { mediaType, digest, bytes } : undefined;
}

async function readMembers(tail: Buffer): Promise<TarMember[]> {
  const members: TarMember[] = [];
  for (let at = 0; at < tail.length; at += BLOCK_BYTES) {
    if (!NAME.test(tail.toString("latin1", at, at + 16))) continue;
    const reader = new TolerantTarReader(new SourceCursor(memorySource(tail), at));
    const member = await reader.next().catch(() => undefined); // It is damaged, or only looks like a header.
    if (member !== undefined && member.offset + member.size <= tail.length) members.push(member);
  }
  return members;
}
