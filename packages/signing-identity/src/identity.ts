import { createHash, createPrivateKey, type KeyObject } from "node:crypto";
import { type Certificate, parseCertificate } from "@release-actions/macho";
import { SigningIdentityError } from "./error.ts";
import { decodeP12 } from "./p12.ts";

/** A private key, its certificate, and the certificates above it that came along. */
export interface SigningIdentity {
  readonly key: KeyObject;
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
  /** SHA-1 of the certificate in upper-case hex: how `security` and `codesign` name an identity. */
  readonly sha1: string;
}

const NOT_THE_EXPORT =
  "Export the certificate together with its key as a .p12 and store its base64, without line breaks, as the secret.";

/**
 * Opens a .p12, with the old encryption (RC2, triple DES) and the new (AES).
 * @param base64 as it is kept in a secret; white space does not count
 */
export async function openIdentity(base64: string, password: string): Promise<SigningIdentity> {
  const text = base64.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new SigningIdentityError("the certificate is not base64", { advice: NOT_THE_EXPORT });
  }
  const { keys, certificates } = await decodeP12(Buffer.from(text, "base64"), password);
  const [der, second] = keys;
  if (der === undefined) throw new SigningIdentityError("the .p12 holds no private key", { advice: NOT_THE_EXPORT });
  if (second !== undefined) {
    throw new SigningIdentityError(`the .p12 holds ${keys.length} private keys: which one signs?`, {
      advice: "Export one identity only.",
    });
  }
  const key = createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
  const parsed = await Promise.all(certificates.map(parseCertificate));
  const certificate = parsed.find(({ x509 }) => x509.checkPrivateKey(key));
  if (certificate === undefined) {
    throw new SigningIdentityError("the .p12 holds no certificate for its private key", { advice: NOT_THE_EXPORT });
  }
  return {
    key,
    certificate,
    chain: parsed.filter((other) => other !== certificate),
    sha1: createHash("sha1").update(certificate.x509.raw).digest("hex").toUpperCase(),
  };
}
