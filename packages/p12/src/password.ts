import { createHmac, getHashes, timingSafeEqual } from "node:crypto";

export type Forge = typeof import("node-forge");
export type Asn1 = import("node-forge").asn1.Asn1;

/** `null` means no password at all, which some programs write for an empty one. */
export type Password = string | null;

const PBES2 = "1.2.840.113549.1.5.13";

/** Digests of the MAC by their OIDs. */
const MACS: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** The MAC's key is made of this number of the digest's bytes (RFC 7292, appendix B.3, ID 3). */
const MAC_KEY_ID = 3;

/** An empty password is written in two ways (RFC 7292, appendix B.1): as an empty text with its end mark, and as nothing. */
export function passwordsOf(password: string): Password[] {
  return password === "" ? ["", null] : [password];
}

/**
 * Whether the file's MAC (RFC 7292, 5) was made with the password, which its key derivation takes as UTF-16 (BMP). A
 * MAC of a kind that is not known here says nothing: the decryption will tell.
 */
export function isMac(forge: Forge, mac: Asn1, contents: string, password: Password): boolean {
  const [info, salt, iterations] = mac.value as Asn1[];
  const [algorithm, digest] = (info?.value ?? []) as Asn1[];
  const [oid] = (algorithm?.value ?? []) as Asn1[];
  const name = MACS[typeof oid?.value === "string" ? forge.asn1.derToOid(oid.value) : ""];
  if (name === undefined || !getHashes().includes(name)) return true;
  const md = forge.md[name as "sha256"].create();
  const count =
    iterations === undefined
      ? 1
      : Buffer.from(String(iterations.value), "binary").readUIntBE(0, String(iterations.value).length);
  const wanted = Buffer.from(String(digest?.value ?? ""), "binary");
  // The library's types have no key without a password.
  const generateKey = forge.pkcs12.generateKey as unknown as (
    password: Password,
    salt: import("node-forge").util.ByteStringBuffer,
    id: number,
    iterations: number,
    length: number,
    md: unknown,
  ) => import("node-forge").util.ByteStringBuffer;
  const saltBytes = forge.util.createBuffer(String(salt?.value ?? ""));
  const key = generateKey(password, saltBytes, MAC_KEY_ID, count, wanted.length, md);
  const found = createHmac(name, Buffer.from(key.getBytes(), "binary"))
    .update(Buffer.from(contents, "binary"))
    .digest();
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

/**
 * Decrypts with the algorithm that the file names; undefined when the password is not the right one. PBES2 takes a
 * password as UTF-8, the old kinds as UTF-16 (BMP), which the library makes of it.
 */
export function decrypt(
  forge: Forge,
  algorithm: Asn1 | undefined,
  data: string,
  password: Password,
): string | undefined {
  const [oidNode, parameters] = (algorithm?.value ?? []) as Asn1[];
  const oid = typeof oidNode?.value === "string" ? forge.asn1.derToOid(oidNode.value) : "";
  const secret = oid === PBES2 ? forge.util.encodeUtf8(password ?? "") : password;
  try {
    const cipher = getCipher(forge, oid, parameters, secret);
    cipher.update(forge.util.createBuffer(data));
    return cipher.finish() ? cipher.output.getBytes() : undefined;
  } catch {
    return undefined; // An algorithm that is not known, or a padding that cannot be: its message quotes bytes.
  }
}

interface Cipher {
  readonly output: import("node-forge").util.ByteStringBuffer;
  update(data: unknown): void;
  finish(): boolean;
}

function getCipher(forge: Forge, oid: string, parameters: Asn1 | undefined, password: Password): Cipher {
  // Public, and missing in the library's types.
  const pbe = forge.pki as unknown as {
    readonly pbe: { getCipher(oid: string, parameters: Asn1 | undefined, password: Password): Cipher };
  };
  return pbe.pbe.getCipher(oid, parameters, password);
}
