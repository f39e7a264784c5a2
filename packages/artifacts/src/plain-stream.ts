import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { RefusedError, Retries, TransientError, transient } from "@release-actions/http";
import type { Blob } from "./blob.ts";
import { readBody } from "./body.ts";

/**
 * The whole blob in one stream, for servers without ranges, such as the artifact server of `act`. After a
 * failure it is requested again from the start, and the bytes that were already yielded are skipped.
 */
export async function* streamWhole(
  blob: Blob,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const retries = new Retries(`downloading ${blob.location.name}`, blob.options.patience);
  let given = 0;
  for (;;) {
    const before = given;
    let position = 0;
    try {
      for await (const chunk of tryWhole(blob, signal)) {
        const fresh = chunk.subarray(Math.max(0, given - position));
        position += chunk.length;
        if (fresh.length === 0) continue;
        given += fresh.length;
        yield fresh;
      }
      return;
    } catch (error) {
      if (given > before) retries.progress();
      await retries.after(error, signal);
    }
  }
}

async function* tryWhole(blob: Blob, signal: AbortSignal | undefined): AsyncGenerator<Buffer, void, undefined> {
  const { body, headers, url } = await blob.request(undefined, signal);
  let got = 0;
  try {
    const wire = readBody(url.host, body, blob.options.pace);
    for await (const chunk of decoded(wire, headers["content-encoding"] ?? "identity")) {
      blob.count(chunk.length, got);
      got += chunk.length;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof RefusedError ? error : transient(url, error);
  }
  // Without a Content-Length, a body that ends too early looks complete, so compare it with the listing's size.
  if (blob.size !== undefined && got !== blob.size) {
    throw new TransientError(`${url.host} sent ${got} of ${blob.size} bytes`, { atMost: 4 });
  }
}

/** Decompresses a body: a proxy may compress it although the request forbids that. */
async function* decoded(wire: AsyncIterable<Buffer>, encoding: string): AsyncIterable<Buffer> {
  if (encoding === "identity") return yield* wire;
  if (encoding !== "gzip") throw new RefusedError(`the storage answered in Content-Encoding ${encoding}`);
  // The pipeline closes both sides when one fails or the reader stops.
  yield* pipeline(Readable.from(wire), createGunzip(), () => undefined) as AsyncIterable<Buffer>;
}
