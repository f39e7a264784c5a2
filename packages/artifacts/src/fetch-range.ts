import { Retries, TransientError, transient } from "@release-actions/http";
import type { Blob } from "./blob.ts";
import { watchBody } from "./body.ts";

/** A try that brought less than this was none: it does not renew the budget (F11). */
const WORTHWHILE_BYTES = 64 * 1024;

/**
 * The bytes of one range in their order, whatever it takes: after a cut, a stall or a refusal the next
 * request goes on where the last one ended.
 */
export async function* streamRange(
  blob: Blob,
  offset: number,
  length: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const retries = new Retries(`downloading ${blob.location.name}`, blob.options.patience);
  let got = 0;
  let worthwhile = WORTHWHILE_BYTES;
  while (got < length) {
    try {
      for await (const chunk of tryRange(blob, offset + got, length - got, signal)) {
        got += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (got >= worthwhile) {
        retries.progress();
        worthwhile = got + WORTHWHILE_BYTES;
      }
      await retries.after(error, signal);
    }
  }
}

async function* tryRange(
  blob: Blob,
  offset: number,
  length: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const { body, url } = await blob.request([offset, offset + length - 1], signal);
  let got = 0;
  try {
    for await (const chunk of watchBody(url.host, body, blob.options.pace)) {
      got += chunk.length;
      if (got > length) throw new TransientError(`${url.host} sent more than the ${length} bytes asked for`);
      blob.count(chunk.length);
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw transient(url, error);
  }
  if (got < length) throw new TransientError(`${url.host} ended after ${got} of ${length} bytes`);
}
