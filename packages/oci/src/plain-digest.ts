import { createHash } from "node:crypto";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { type Compression, decompressAny } from "@release-actions/archive";
import { NO_RATIO } from "./archive-stream.ts";
import type { Digest } from "./digest.ts";
import { compressionOfHead, LAYER_HEAD_BYTES } from "./layer-content.ts";

/** Computes the SHA-256 of a compressed file's decompressed content while the file is streamed. An uncompressed file gives no digest. */
export class PlainDigest {
  #head: Uint8Array = new Uint8Array(0);
  #input: PassThrough | undefined;
  #result: Promise<Digest> | undefined;
  #isDecided = false;

  /** Resolves when the next chunk can be added. */
  async add(chunk: Uint8Array): Promise<void> {
    if (this.#isDecided) return await this.#write(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= LAYER_HEAD_BYTES) await this.#decide();
  }

  /** The digest of the content, or undefined when the file is not compressed. */
  async end(): Promise<Digest | undefined> {
    if (!this.#isDecided) await this.#decide();
    this.#input?.end();
    return await this.#result;
  }

  /** Stops the computation, for a file that is not read to its end. */
  abandon(): void {
    this.#input?.destroy();
  }

  async #decide(): Promise<void> {
    this.#isDecided = true;
    const compression = compressionOfHead(this.#head);
    if (compression === "none") return;
    this.#input = new PassThrough();
    this.#result = digestContent(this.#input, compression);
    // The next `#write` or `end` awaits this promise and reports the error.
    this.#result.catch(() => undefined);
    await this.#write(this.#head);
  }

  async #write(chunk: Uint8Array): Promise<void> {
    if (this.#input === undefined || this.#input.write(chunk)) return;
    // If decompression fails, `drain` never comes, so this waits for the result too.
    await Promise.race([once(this.#input, "drain"), this.#result]);
  }
}

async function digestContent(bytes: AsyncIterable<Uint8Array>, compression: Compression): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of decompressAny(bytes, compression, NO_RATIO)) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
