import { createHash, type Hash } from "node:crypto";
import { detectFormat, findFile, type TarMember } from "@release-actions/archive";
import type { ArchiveFiles } from "./archive-files.ts";
import { type Algorithm, algorithmOf, type Digest, digestOfBlobPath } from "./digest.ts";
import { MAX_CONFIG_BYTES } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import { LAYER_HEAD_BYTES } from "./layer-content.ts";
import { PlainDigest } from "./plain-digest.ts";

/** The limit on the memory for all documents of an archive together; far more than any image needs. */
export const MAX_RETAINED_BYTES = 32 * 1024 * 1024;

interface SeenFile {
  readonly digest: Digest;
  readonly plainDigest: Digest | undefined;
  readonly head: Uint8Array;
  /** The whole content, when it may be a document. */
  readonly content: Uint8Array | undefined;
}

/**
 * Records the files of an archive while it is streamed. Every file is hashed, blobs are compared with the digest in
 * their names, and files that may be documents are kept.
 */
export class StreamedFiles implements ArchiveFiles {
  readonly #members = new Map<string, TarMember>();
  readonly #seen = new Map<string, SeenFile>();
  #retained = 0;

  /**
   * Records a member and passes its body on.
   *
   * @throws ImageArchiveError at the end of a blob that does not match its digest
   */
  async *record(member: TarMember, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.#members.set(member.path, member);
    if (member.kind !== "file") return;
    const named = digestOfBlobPath(member.path);
    const algorithm: Algorithm = named === undefined ? "sha256" : algorithmOf(named);
    const hash = createHash(algorithm);
    const kept = new DocumentKeeper(member.size, MAX_RETAINED_BYTES - this.#retained);
    // The layers of a docker archive are identified by their uncompressed content, even if they are compressed.
    const plain = named === undefined ? new PlainDigest() : undefined;
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        kept.add(chunk);
        await plain?.add(chunk);
        yield chunk;
      }
      const digest = finish(algorithm, hash);
      if (named !== undefined && named !== digest) {
        throw new ImageArchiveError("mismatch", `the blob ${named} has the digest ${digest}: its content was changed`);
      }
      const content = kept.content(member.size);
      this.#retained += content?.length ?? 0;
      this.#seen.set(member.path, { digest, plainDigest: await plain?.end(), head: kept.head(), content });
    } finally {
      plain?.abandon();
    }
  }

  get paths(): readonly string[] {
    return [...this.#members.values()].filter(({ kind }) => kind !== "directory").map(({ path }) => path);
  }

  size(path: string): number | undefined {
    return findFile(this.#members, path)?.size;
  }

  async read(path: string): Promise<Uint8Array> {
    const content = this.#file(path)?.content;
    if (content !== undefined) return content;
    throw new ImageArchiveError("malformed", `${path} is needed as a JSON document, but is not JSON or is too large`);
  }

  async head(path: string): Promise<Uint8Array> {
    return this.#file(path)?.head ?? new Uint8Array(0);
  }

  digest(path: string): Digest | undefined {
    return this.#file(path)?.digest;
  }

  plainDigest(path: string): Digest | undefined {
    return this.#file(path)?.plainDigest;
  }

  /** The path of the file after following links. */
  resolve(path: string): string {
    return findFile(this.#members, path)?.path ?? path;
  }

  #file(path: string): SeenFile | undefined {
    const file = findFile(this.#members, path);
    return file && this.#seen.get(file.path);
  }
}

/** Keeps the first bytes of a file, and all of a small one until it is known whether it is a document. */
class DocumentKeeper {
  readonly #chunks: Uint8Array[] = [];
  readonly #limit: number;
  #kept = 0;

  constructor(size: number, room: number) {
    this.#limit = size <= Math.min(MAX_CONFIG_BYTES, room) ? size : LAYER_HEAD_BYTES;
  }

  add(chunk: Uint8Array): void {
    if (this.#kept === this.#limit) return;
    // Copied, because a small view would keep the whole large buffer in memory.
    const piece = new Uint8Array(chunk.subarray(0, this.#limit - this.#kept));
    this.#chunks.push(piece);
    this.#kept += piece.length;
  }

  head(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks).subarray(0, LAYER_HEAD_BYTES));
  }

  /** The whole content, if it was kept and begins like JSON. Call this after the last chunk. */
  content(size: number): Uint8Array | undefined {
    const bytes = Buffer.concat(this.#chunks);
    return bytes.length === size && detectFormat(bytes) === "json" ? bytes : undefined;
  }
}

function finish(algorithm: Algorithm, hash: Hash): Digest {
  return `${algorithm}:${hash.digest("hex")}`;
}
