import type { Take } from "./fetch-range.ts";

/**
 * One part of a read. It is fetched at full speed even if the reader does not need it yet, so that a slow reader does
 * not look like a slow server. Its memory is limited by its size.
 */
export class Part {
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** `onChange` is called when there are more bytes to take, and at the end. */
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

  /** Whether all bytes were taken. */
  get isConsumed(): boolean {
    return this.#ended && this.#failure === undefined && this.#chunks.length === 0;
  }

  /** The next bytes; undefined when none have arrived. Throws the error that stopped the transfer. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined && this.#failure !== undefined) throw this.#failure.error;
    return chunk;
  }

  /** Drops the rest, because nobody will take it. */
  abandon(): void {
    this.#chunks.length = 0;
  }
}
