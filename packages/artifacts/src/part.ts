import type { Take } from "./fetch-range.ts";

/**
 * One part of a read, fetched at full speed whether or not its turn has come: the network never waits for
 * the reader, so slow readers do not look like slow servers. Its size bounds what it holds.
 */
export class Part {
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** `onChange` is called when there is more to take, or an end. */
  constructor(fetch: (take: Take) => Promise<void>, onChange: () => void) {
    const take = (chunk: Uint8Array): void => {
      this.#chunks.push(chunk);
      onChange();
    };
    fetch(take)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#ended = true;
        onChange();
      });
  }

  /** Whether all has been taken. */
  get isConsumed(): boolean {
    return this.#ended && this.#failure === undefined && this.#chunks.length === 0;
  }

  /** The next bytes, when they have come. Throws what keeps the rest from coming. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined && this.#failure !== undefined) throw this.#failure.error;
    return chunk;
  }

  /** Nobody will take what is left. */
  abandon(): void {
    this.#chunks.length = 0;
  }
}
