/**
 * One part of a read, fetched at full speed whether or not its turn has come: the network never waits for
 * the reader, so slow readers do not look like slow servers. Its size bounds what it holds.
 */
export class Part {
  readonly #chunks: Uint8Array[] = [];
  readonly #done: Promise<void>;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#done = this.#pump(bytes);
  }

  /** What has come and what still comes, in order; to be called once. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        continue;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** Nobody will read it: its bytes are let go, and so is the error that stopping it causes. */
  abandon(): void {
    this.#chunks.length = 0;
    void this.#done;
  }

  async #pump(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of bytes) {
        this.#chunks.push(chunk);
        this.#wake?.();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#wake?.();
  }
}
