import {
  BLOCK_BYTES,
  type PrefetchingSource,
  paddingAfter,
  readExactly,
  type TarMember,
} from "@release-actions/archive";
import { isUnknownPlatform } from "@release-actions/platform";
import { blobPath } from "./digest.ts";
import { type Descriptor, MAX_MANIFEST_BYTES, parseIndex, parseManifest } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import { documentKind, leadsToImage } from "./media-types.ts";
import type { Tail } from "./tail.ts";

/** The most requests to send at once on the strength of a forecast. */
const MAX_PREFETCHES = 64;

/**
 * Predicts where the blobs of an OCI layout are before the walk over the tar reaches them. Buildx and docker write
 * blobs sorted by path. Once all manifests have been read, the sizes and therefore the positions of all blobs are
 * known, and the headers can be fetched in parallel: at once if the manifests are in the tail. The forecast only
 * prefetches: a wrong one costs a few requests and does not change the result.
 */
export class BlobForecast {
  readonly #source: PrefetchingSource;
  readonly #sizes = new Map<string, number>();
  readonly #pending = new Map<string, Descriptor>();
  readonly #met = new Map<string, TarMember>();
  #isBroken = false;

  constructor(source: PrefetchingSource, { index, blobs }: Pick<Tail, "index" | "blobs">) {
    this.#source = source;
    for (const blob of blobs) this.#met.set(blob.path, blob);
    for (const descriptor of index.manifests) this.#expect(descriptor);
  }

  /** The walk calls this for each member, in order. */
  async onMember(member: TarMember): Promise<void> {
    this.#met.set(member.path, member);
    if (this.#isBroken) return;
    const known = this.#sizes.size;
    try {
      await this.#readPending();
    } catch (error) {
      // The walk itself reports this error when it reads the document.
      if (!(error instanceof ImageArchiveError)) throw error;
      this.#isBroken = true;
      return;
    }
    // The blobs of attestations are so small that unknown ones shift the other positions by less than a window.
    const isVague = [...this.#pending.values()].some(({ platform }) => !platform || !isUnknownPlatform(platform));
    if (this.#sizes.size > known && !isVague) this.#prefetchFrom(member);
  }

  async #readPending(): Promise<void> {
    for (;;) {
      const found = [...this.#pending].find(([path]) => this.#met.has(path));
      if (found === undefined) return;
      const [path, descriptor] = found;
      this.#pending.delete(path);
      const member = this.#met.get(path);
      if (member === undefined || member.size > MAX_MANIFEST_BYTES) continue;
      const bytes = await readExactly(this.#source, member.offset, member.size);
      for (const child of childrenOf(descriptor, bytes)) this.#expect(child);
    }
  }

  #expect(descriptor: Descriptor): void {
    const path = blobPath(descriptor.digest);
    if (this.#sizes.has(path)) return;
    this.#sizes.set(path, descriptor.size);
    if (leadsToImage(descriptor.mediaType)) this.#pending.set(path, descriptor);
  }

  #prefetchFrom({ path, offset, size }: TarMember): void {
    const ahead = [...this.#sizes].filter(([other]) => other > path).sort(([a], [b]) => (a < b ? -1 : 1));
    let end = offset + size;
    let fetches = 0;
    for (const [, blobSize] of ahead) {
      const body = end + paddingAfter(end) + BLOCK_BYTES;
      end = body + blobSize;
      if (fetches === MAX_PREFETCHES) return;
      // A blob smaller than a window: its neighbour's header comes with the window that was fetched for the header before.
      if (blobSize < this.#source.windowBytes) continue;
      this.#source.prefetch(end);
      fetches += 1;
    }
  }
}

function childrenOf({ mediaType, digest }: Descriptor, bytes: Uint8Array): readonly Descriptor[] {
  if (documentKind(mediaType) === "index") return parseIndex(bytes, digest).manifests;
  const { config, layers } = parseManifest(bytes, digest);
  return [config, ...layers];
}
