import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { type Asn1, bytesOf, type Forge, numberOf, oidOf, partsOf } from "./forge.ts";
import { decryptPbes2, PBES2 } from "./pbes2.ts";

/** `null` means no password at all; some programs encode an empty password like this. */
export type Password = string | null;

/** The digest algorithms of MACs and their block sizes in bytes (`v` in RFC 7292, appendix B.2), by their OIDs. */
const MACS: Readonly<Record<string, readonly [name: string, blockBytes: number]>> = {
  "1.3.14.3.2.26": ["sha1", 64],
  "2.16.840.1.101.3.4.2.1": ["sha256", 64],
  "2.16.840.1.101.3.4.2.2": ["sha384", 128],
  "2.16.840.1.101.3.4.2.3": ["sha512", 128],
};

/** The id for deriving the key of a MAC (RFC 7292, appendix B.3). */
const MAC_KEY_ID = 3;

/** The encodings to try. Programs encode an empty password (RFC 7292, appendix B.1) in two ways: as the terminator of an empty string, or as no bytes. */
export function passwordsOf(password: string): Password[] {
  return password === "" ? ["", null] : [password];
}

/**
 * Whether the file's MAC (RFC 7292, section 5) was made with the password. The key derivation takes the password as UTF-16 (BMP).
 * A MAC of an unknown kind is not judged: the decryption will show whether the password is right.
 */
export function isMac(forge: Forge, mac: Asn1, contents: string, password: Password): boolean {
  const [info, salt, iterations] = partsOf(mac);
  const [algorithm, digest] = partsOf(info);
  const kind = MACS[oidOf(forge, partsOf(algorithm)[0])];
  if (kind === undefined) return true;
  const wanted = bytesOf(digest);
  const key = macKey(kind, password, bytesOf(salt), iterations === undefined ? 1 : numberOf(iterations));
  const found = createHmac(kind[0], key).update(Buffer.from(contents, "binary")).digest();
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

/**
 * Derives the key of the MAC (RFC 7292, appendix B.2), which is as long as one digest. It uses Node's digests, because the
 * library takes half a minute for the 600,000 iterations of NSS (Firefox, pk12util).
 */
function macKey(
  [name, block]: readonly [string, number],
  password: Password,
  salt: Buffer,
  iterations: number,
): Buffer {
  const filled = (bytes: Buffer): Buffer => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
  const text = password === null ? Buffer.alloc(0) : Buffer.from(`${password}\0`, "utf16le").swap16();
  let key = Buffer.concat([Buffer.alloc(block, MAC_KEY_ID), filled(salt), filled(text)]);
  for (let round = 0; round < iterations; round += 1) key = hash(name, key, "buffer");
  return key;
}

/**
 * Decrypts with the algorithm that the file names; undefined when the password is wrong. PBES2 takes the password as
 * UTF-8, the old algorithms as UTF-16 (BMP), to which the library converts it.
 */
export function decrypt(
  forge: Forge,
  algorithm: Asn1 | undefined,
  data: string,
  password: Password,
): string | undefined {
  const [name, parameters] = partsOf(algorithm);
  const oid = oidOf(forge, name);
  try {
    const known = oid === PBES2 ? decryptPbes2(forge, parameters, data, password ?? "") : undefined;
    if (known !== undefined) return known.toString("binary");
    const secret = oid === PBES2 ? forge.util.encodeUtf8(password ?? "") : password;
    const cipher = forge.pki.pbe.getCipher(oid, parameters, secret);
    cipher.update(forge.util.createBuffer(data));
    return cipher.finish() ? cipher.output.getBytes() : undefined;
  } catch {
    return undefined; // The algorithm is unknown or the padding is impossible. The library's message is dropped because it quotes bytes.
  }
}
