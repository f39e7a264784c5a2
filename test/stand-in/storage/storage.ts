import type { Azurite } from "./azurite.ts";
import { signAccount, signBlob } from "./sas.ts";

const CONTAINER = "actions-results";
const HOUR_MS = 3_600_000;

export interface SigningOptions {
  readonly contentDisposition?: string;
  readonly contentType?: string;
}

/** The blobs behind the services, which give clients signed URLs and never bytes. */
export class Storage {
  readonly #azurite: Azurite;
  /** The origin of signed URLs: the emulator, or a proxy in front of it. The signature does not cover the host. */
  publicOrigin: string;
  /** How long a signed URL is valid. GitHub's are valid for about ten minutes. */
  lifetimeSeconds = 600;
  /** The time from now until a signed URL becomes valid. It is positive when the server's clock is ahead. */
  startsInSeconds = -60;

  private constructor(azurite: Azurite) {
    this.#azurite = azurite;
    this.publicOrigin = azurite.origin;
  }

  static async open(azurite: Azurite): Promise<Storage> {
    const storage = new Storage(azurite);
    await storage.#house("PUT", `${azurite.origin}/${azurite.account.name}/${CONTAINER}?restype=container`);
    return storage;
  }

  get origin(): string {
    return this.#azurite.origin;
  }

  uploadUrl(blob: string): string {
    return this.#signed(blob, "cw", {});
  }

  downloadUrl(blob: string, options: SigningOptions = {}): string {
    return this.#signed(blob, "r", options);
  }

  async put(blob: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#house("PUT", this.#address(this.origin, blob), content, { "x-ms-blob-type": "BlockBlob" });
  }

  /** The size of a blob in bytes; undefined when there is none. */
  async size(blob: string): Promise<number | undefined> {
    const response = await fetch(`${this.#address(this.origin, blob)}?${this.#houseKey()}`, { method: "HEAD" });
    return response.ok ? Number(response.headers.get("content-length")) : undefined;
  }

  async remove(blob: string): Promise<void> {
    await this.#house("DELETE", this.#address(this.origin, blob));
  }

  #signed(blob: string, permissions: string, options: SigningOptions): string {
    const now = Date.now();
    const query = signBlob(this.#azurite.account, {
      ...{ container: CONTAINER, blob, permissions, ...options },
      startsAt: new Date(now + this.startsInSeconds * 1000),
      expiresAt: new Date(now + this.lifetimeSeconds * 1000),
    });
    return `${this.#address(this.publicOrigin, blob)}?${query}`;
  }

  #address(origin: string, blob: string): string {
    return `${origin}/${this.#azurite.account.name}/${CONTAINER}/${blob}`;
  }

  #houseKey(): URLSearchParams {
    return signAccount(this.#azurite.account, new Date(Date.now() + HOUR_MS));
  }

  async #house(
    method: string,
    url: string,
    body?: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const target = `${url}${url.includes("?") ? "&" : "?"}${this.#houseKey()}`;
    const response = await fetch(target, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  }
}
