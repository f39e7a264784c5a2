import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { RefusedError, Retries, TransientError, transient } from "@release-actions/http";
import type { Blob } from "./blob.ts";
import { readBody } from "./body.ts";

/**
 * The whole blob in one stream, for servers without ranges, such as the artifact server of `act`. After a
 * failure it is asked for again from the start, and what was given out already is skipped.
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
  // Without a length on the wire an early end looks like the end (F07): the listing knows better.
  if (blob.size !== undefined && got !== blob.size) {
    throw new TransientError(`${url.host} sent ${got} of ${blob.size} bytes`, { atMost: 4 });
  }
}

/** A middleman may compress although it was asked not to (F14). */
async function* decoded(wire: AsyncIterable<Buffer>, encoding: string): AsyncIterable<Buffer> {
  if (encoding === "identity") return yield* wire;
  if (encoding !== "gzip") throw new RefusedError(`the storage answered in Content-Encoding ${encoding}`);
  // The pipeline ends both sides when one fails or the reader leaves.
  yield* pipeline(Readable.from(wire), createGunzip(), () => undefined) as AsyncIterable<Buffer>;
}
