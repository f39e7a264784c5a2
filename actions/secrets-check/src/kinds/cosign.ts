import { scryptSync } from "node:crypto";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { decodeBase64, jsonIn, malformed, type OfflineCheck, problem, textOf } from "./kind.ts";

const LABELS = /-----BEGIN (ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY)-----([\s\S]*?)-----END \1-----/;
const KEY_BYTES = 32;
/** scrypt takes 128 * N * r bytes; cosign's own parameters need 64 MiB. */
const MAX_SCRYPT_BYTES = 256 << 20;

/**
 * Checks a key of `cosign generate-key-pair`, and decrypts it with the password. It is a PEM block around JSON,
 * encrypted with scrypt and NaCl's secretbox (github.com/secure-systems-lab/go-securesystemslib, package encrypted).
 */
export const checkCosignKey: OfflineCheck = (subject) => {
  const [, , body = ""] = LABELS.exec(textOf(subject.value)) ?? [];
  const sealed = readSealed(decodeBase64(body)?.toString("utf8") ?? "");
  if (sealed === undefined) return malformed(subject, "it is not a key of cosign: expected the text of cosign.key");
  const { password } = subject.expectation.options;
  if (password === undefined || opens(sealed, subject.other(password))) return [];
  return problem(subject, "wrong-password", `${password} does not open it`);
};

interface Sealed {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

function readSealed(text: string): Sealed | undefined {
  const { kdf, cipher, ciphertext } = Object(jsonIn(text));
  const { N, r, p } = Object(Object(kdf).params);
  const bytes = (value: unknown): Buffer => Buffer.from(typeof value === "string" ? value : "", "base64");
  const nonce = bytes(Object(cipher).nonce);
  const isKnown = Object(kdf).name === "scrypt" && Object(cipher).name === "nacl/secretbox";
  const isBounded = [N, r, p].every(Number.isSafeInteger) && 128 * N * r * p <= MAX_SCRYPT_BYTES;
  if (!isKnown || !isBounded || nonce.length !== 24) return undefined;
  return { cost: { N, r, p }, salt: bytes(Object(kdf).salt), nonce, ciphertext: bytes(ciphertext) };
}

function opens({ cost, salt, nonce, ciphertext }: Sealed, password: string): boolean {
  try {
    const key = scryptSync(password, salt, KEY_BYTES, { ...cost, maxmem: 2 * MAX_SCRYPT_BYTES });
    xsalsa20poly1305(key, nonce).decrypt(ciphertext);
    return true;
  } catch {
    return false; // The authentication tag does not match, as with a wrong password.
  }
}
