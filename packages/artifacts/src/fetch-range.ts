import { Retries, TransientError, transient } from "@release-actions/http";
import type { Blob } from "./blob.ts";
import { takeBody } from "./body.ts";

/** An attempt that receives fewer bytes than this does not renew the time budget. */
const WORTHWHILE_BYTES = 64 * 1024;

/** Receives bytes in order as they arrive. It is not a stream, whose overhead for 64 KiB exceeds that of a copy. */
export type Take = (chunk: Buffer) => void;

/**
 * Fetches one range with as many requests as needed: after a broken connection, a stall or a refusal, the next request
 * continues where the last one ended.
 */
export async function fetchRange(
  blob: Blob,
  offset: number,
  length: number,
  take: Take,
  signal: AbortSignal | undefined,
): Promise<void> {
  const retries = new Retries(`downloading ${blob.location.name}`, blob.options.patience);
  let got = 0;
  let worthwhile = WORTHWHILE_BYTES;
  const takeCounted = (chunk: Buffer): void => {
    got += chunk.length;
    take(chunk);
  };
  while (got < length) {
    try {
      await tryRange(blob, offset + got, length - got, takeCounted, signal);
    } catch (error) {
      if (got >= worthwhile) {
        retries.progress();
        worthwhile = got + WORTHWHILE_BYTES;
      }
      await retries.after(error, signal);
    }
  }
}

async function tryRange(
  blob: Blob,
  offset: number,
  length: number,
  take: Take,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { body, url } = await blob.request([offset, offset + length - 1], signal);
  let got = 0;
  try {
    await takeBody(url.host, body, blob.options.pace, (chunk) => {
      got += chunk.length;
      if (got > length) throw new TransientError(`${url.host} sent more than the ${length} bytes asked for`);
      blob.count(chunk.length, offset + got - chunk.length);
      take(chunk);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw transient(url, error);
  }
  if (got < length) throw new TransientError(`${url.host} stopped after ${got} of ${length} bytes`);
}
