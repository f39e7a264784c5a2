import type { Readable } from "node:stream";
import { TransientError } from "@release-actions/http";
import { formatBytes } from "@release-actions/report";
import type { Pace } from "./blob.ts";

/**
 * Reads a body as long as it keeps pace: not silent, and not slower than the least throughput (F09, F11).
 * Only waiting for the network counts, not what the reader does with the bytes.
 */
export async function* watchBody(host: string, body: Readable, pace: Pace): AsyncGenerator<Buffer, void, undefined> {
  let waiting = true;
  const timer = setTimeout(() => {
    if (!waiting) timer.refresh();
    else body.destroy(new TransientError(`${host} sent nothing for ${pace.silenceMs / 1000} s`));
  }, pace.silenceMs);
  let [waited, received] = [0, 0];
  let since = performance.now();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      waiting = false;
      waited += performance.now() - since;
      received += chunk.length;
      if (waited >= pace.window.ms) {
        if (received < pace.window.bytes) {
          throw new TransientError(`${host} sent only ${formatBytes(received)} in ${Math.round(waited / 1000)} s`);
        }
        [waited, received] = [0, 0];
      }
      yield chunk;
      timer.refresh();
      waiting = true;
      since = performance.now();
    }
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
}
