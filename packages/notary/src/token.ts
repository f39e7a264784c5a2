import { sign } from "node:crypto";
import type { ApiKey } from "./api-key.ts";

/** Apple refuses tokens that are valid for more than twenty minutes. */
const LIFETIME_S = 15 * 60;
/** A token is renewed before it expires, since a request takes time and clocks differ. */
const RENEW_BEFORE_S = 3 * 60;

/**
 * Makes ES256 tokens for App Store Connect ("Generating Tokens for API Requests"). Each is reused until shortly before
 * it expires.
 */
export class TokenSource {
  readonly #key: ApiKey;
  readonly #now: () => number;
  #token: { readonly text: string; readonly expires: number } | undefined;

  constructor(key: ApiKey, now = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  get(): string {
    const now = Math.floor(this.#now() / 1000);
    if (this.#token === undefined || this.#token.expires - RENEW_BEFORE_S <= now) {
      const expires = now + LIFETIME_S;
      this.#token = { text: createToken(this.#key, now, expires), expires };
    }
    return this.#token.text;
  }
}

function createToken({ keyId, issuer, privateKey }: ApiKey, issuedAt: number, expires: number): string {
  const header = { alg: "ES256", kid: keyId, typ: "JWT" };
  const subject = issuer === undefined ? { sub: "user" } : { iss: issuer };
  const payload = { ...subject, iat: issuedAt, exp: expires, aud: "appstoreconnect-v1" };
  const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
