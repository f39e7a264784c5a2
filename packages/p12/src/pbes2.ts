import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { type Asn1, bytesOf, type Forge, numberOf, oidOf, partsOf } from "./forge.ts";

export const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";

/** The digest algorithms for PBKDF2's pseudo-random function, by their OIDs (RFC 8018, appendix B.1.2). */
const PRFS: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

/** The ciphers and the lengths of their keys in bytes, by their OIDs (RFC 8018, appendix B.2, and RFC 3565). */
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  "1.2.840.113549.3.7": ["des-ede3-cbc", 24],
  "2.16.840.1.101.3.4.1.2": ["aes-128-cbc", 16],
  "2.16.840.1.101.3.4.1.22": ["aes-192-cbc", 24],
  "2.16.840.1.101.3.4.1.42": ["aes-256-cbc", 32],
};

/**
 * Decrypts with PBES2 (RFC 8018, section 6.2 and appendix A.4); undefined for unknown parameters.
 * @throws when the password is wrong
 */
export function decryptPbes2(
  forge: Forge,
  parameters: Asn1 | undefined,
  data: string,
  password: string,
): Buffer | undefined {
  const [derivation, scheme] = partsOf(parameters);
  const [derivationOid, derivationParameters] = partsOf(derivation);
  const [salt, iterations, ...rest] = partsOf(derivationParameters);
  const [schemeOid, iv] = partsOf(scheme);
  // An optional key length may come before it; it is ignored, since each of these ciphers has a fixed key length.
  const prf = rest.find(({ type }) => type === forge.asn1.Type.SEQUENCE);
  const digest = prf === undefined ? "sha1" : PRFS[oidOf(forge, partsOf(prf)[0])];
  const cipher = CIPHERS[oidOf(forge, schemeOid)];
  if (oidOf(forge, derivationOid) !== PBKDF2 || digest === undefined || cipher === undefined) return undefined;
  const [name, keyBytes] = cipher;
  const key = pbkdf2Sync(password, bytesOf(salt), numberOf(iterations), keyBytes, digest);
  const decipher = createDecipheriv(name, key, bytesOf(iv));
  return Buffer.concat([decipher.update(Buffer.from(data, "binary")), decipher.final()]);
}
