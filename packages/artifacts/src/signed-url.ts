/** The signed URL in use, shared by all requests; minted when first needed and again after it was refused. */
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
      // The next one to ask tries again; perhaps only the first asker was cancelled.
      if (this.#current === minting) this.#current = undefined;
      throw error;
    }
  }

  /** Drops this URL. Requests that were refused side by side cost one new URL, not one each. */
  renew(refused: URL): void {
    const current = this.#current;
    const drop = (url: URL): void => {
      if (url === refused && this.#current === current) this.#current = undefined;
    };
    // One that is being minted already may fail: that is for those who wait for it.
    void current?.then(drop, () => undefined);
  }
}
