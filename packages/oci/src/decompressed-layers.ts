import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { decompressAny, StreamCursor, tarHeader, tarPadding } from "@release-actions/archive";
import { NO_RATIO } from "./archive-stream.ts";
import { algorithmOf, blobPath, type Digest } from "./digest.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image } from "./image-archive.ts";
import { compressionOfHead, LAYER_HEAD_BYTES } from "./layer-content.ts";
import type { Compression } from "./media-types.ts";
import { writeTempFile } from "./temp-file.ts";

const CHUNK_BYTES = 1024 * 1024;

/** The compressions that an engine cannot unpack, and where to decompress them instead. */
export interface Decompression {
  readonly compressions: ReadonlySet<Compression>;
  /**
   * The folder in which layers are decompressed, one at a time, because a tar header needs the size before the bytes. The
   * default is the system's folder for temporary files.
   */
  readonly tempFolder?: string | undefined;
}

/**
 * Decompresses layers on their way into an engine that cannot do so itself. In the archive for the engine each layer is named by
 * the digest of its decompressed content, which must equal the diff ID in the image's config.
 */
export class DecompressedLayers {
  readonly #decompression: Decompression;
  /** Digests of the decompressed content, by the path in the original archive. */
  readonly #digests = new Map<string, Digest>();
  #folder: string | undefined;

  constructor(decompression: Decompression) {
    this.#decompression = decompression;
  }

  /** Writes a member for the engine's tar: unchanged, or decompressed when the engine cannot unpack it. */
  async *pass(
    member: { readonly path: string; readonly size: number },
    body: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const cursor = new StreamCursor(body);
    try {
      yield* this.#passed(member, cursor);
    } finally {
      await cursor.close();
    }
  }

  /**
   * The path of a layer in the archive for the engine.
   *
   * @throws ImageArchiveError when the content does not have the config's diff ID
   */
  place({ diffId }: Image["layers"][number], own: string): string {
    const digest = this.#digests.get(own);
    if (digest === undefined) return own;
    // A diff ID of another algorithm is checked by the engine.
    if (algorithmOf(diffId) === "sha256" && digest !== diffId) {
      const message = `the layer ${own} has the content ${digest}, the config's diff ID says ${diffId}`;
      throw new ImageArchiveError("mismatch", message);
    }
    return blobPath(digest);
  }

  async remove(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async *#passed(
    member: { readonly path: string; readonly size: number },
    cursor: StreamCursor,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const head = await cursor.take(LAYER_HEAD_BYTES);
    cursor.unread(head);
    const compression = compressionOfHead(head);
    this.#digests.delete(member.path); // When several members have the same name, the last one counts.
    if (compression === "none" || !this.#decompression.compressions.has(compression)) {
      yield tarHeader({ kind: "file", path: member.path, size: member.size });
      yield* rest(cursor);
      yield tarPadding(member.size);
      return;
    }
    this.#folder ??= await mkdtemp(path.join(this.#decompression.tempFolder ?? tmpdir(), "layers-"));
    const file = path.join(this.#folder, "layer.tar");
    const hash = createHash("sha256");
    let size = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of decompressAny(rest(cursor), compression, NO_RATIO)) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    await writeTempFile(file, counted());
    const digest: Digest = `sha256:${hash.digest("hex")}`;
    this.#digests.set(member.path, digest);
    yield tarHeader({ kind: "file", path: blobPath(digest), size });
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES });
    yield tarPadding(size);
  }
}

async function* rest(cursor: StreamCursor): AsyncGenerator<Uint8Array, void, undefined> {
  for (let chunk = await cursor.some(CHUNK_BYTES); chunk !== undefined; chunk = await cursor.some(CHUNK_BYTES)) {
    yield chunk;
  }
}
