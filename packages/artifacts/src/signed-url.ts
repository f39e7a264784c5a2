/** The current signed URL, which all requests share. It is requested when first needed, and again after a refusal. */
export class SignedUrl {
  readonly #mint: (signal?: AbortSignal) => Promise<URL>;
  #current: Promise<URL> | undefined;

  constructor(mint: (signal?: AbortSignal) => Promise<URL>) {
    this.#mint = mint;
  }

  async get(signal?: AbortSignal): Promise<URL> {
    const minting = this.#current ?? this.#mint(signal);
    this.#current = minting;
    try {
      return await minting;
    } catch (error) {
      // The next caller tries again: perhaps only the first caller was cancelled.
      if (this.#current === minting) this.#current = undefined;
      throw error;
    }
  }

  /** Drops a refused URL. When parallel requests are refused, only one new URL is requested. */
  renew(refused: URL): void {
    const current = this.#current;
    const drop = (url: URL): void => {
      if (url === refused && this.#current === current) this.#current = undefined;
    };
    // Ignore a failure of a request for a new URL: its callers receive the error.
    void current?.then(drop, () => undefined);
  }
}
