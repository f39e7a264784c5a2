import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { TransientError } from "@release-actions/http";
import { formatBytes } from "@release-actions/report";
import type { Pace } from "./blob.ts";

/**
 * Passes a body to `take` as it arrives, as long as it is fast enough. There is no backpressure, so the size of the
 * body must be limited. An error that `take` throws ends the transfer.
 */
export async function takeBody(host: string, body: Readable, pace: Pace, take: (chunk: Buffer) => void): Promise<void> {
  const watch = new PaceWatch(host, body, pace);
  body.on("data", (chunk: Buffer) => {
    try {
      watch.arrived(chunk.length);
      take(chunk);
    } catch (error) {
      body.destroy(error as Error); // `arrived` and `take` throw only errors.
    }
  });
  try {
    await finished(body);
  } finally {
    watch.end();
    body.destroy();
  }
}

/** Yields a body as long as it is fast enough. The time that the reader needs does not count. */
export async function* readBody(host: string, body: Readable, pace: Pace): AsyncGenerator<Buffer, void, undefined> {
  const watch = new PaceWatch(host, body, pace);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      watch.arrived(chunk.length);
      watch.pause();
      yield chunk;
      watch.resume();
    }
  } finally {
    watch.end();
    body.destroy();
  }
}

/**
 * Ends a body that sends nothing, or is slower than the least throughput. Only time spent waiting for the network
 * counts, not the time that the reader needs.
 */
class PaceWatch {
  readonly #host: string;
  readonly #pace: Pace;
  readonly #timer: NodeJS.Timeout;
  #paused = false;
  #since = performance.now();
  /** Milliseconds and bytes in the current period of waiting. */
  #waited = 0;
  #received = 0;

  constructor(host: string, body: Readable, pace: Pace) {
    this.#host = host;
    this.#pace = pace;
    this.#timer = setTimeout(() => {
      if (this.#paused) this.#timer.refresh();
      else body.destroy(new TransientError(`${host} sent nothing for ${pace.silenceMs / 1000} s`));
    }, pace.silenceMs);
  }

  arrived(bytes: number): void {
    const { ms, bytes: least } = this.#pace.window;
    const now = performance.now();
    this.#waited += now - this.#since;
    this.#since = now;
    this.#received += bytes;
    this.#timer.refresh();
    if (this.#waited < ms) return;
    if (this.#received < least) {
      const seconds = Math.round(this.#waited / 1000);
      throw new TransientError(`${this.#host} sent only ${formatBytes(this.#received)} in ${seconds} s`);
    }
    [this.#waited, this.#received] = [0, 0];
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#since = performance.now();
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
