import { X509Certificate } from "node:crypto";
import { EXPORT_AGAIN, malformed, otherFormat, P12Error, truncated } from "./error.ts";
import { type Asn1, type Forge, oidOf, partsOf } from "./forge.ts";
import { decrypt, isMac, type Password, passwordsOf } from "./password.ts";

/** The content of a PKCS #12 file, in DER: keys as PKCS #8, certificates as X.509. */
export interface P12Content {
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
}

const OID = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
} as const;

/** Far above the few kilobytes of a real export. */
const MAX_P12_BYTES = 1 << 20;

/**
 * Opens a PKCS #12 file (RFC 7292) with the old encryption (RC2 and triple DES, as Keychain Access exports it) or the new
 * one (PBES2 with AES). OpenSSL 3 no longer reads the old one, so the ciphers are node-forge's.
 *
 * @param password as text; the encryption decides how it becomes bytes
 * @throws P12Error when the file is not a PKCS #12 file, the password is wrong, or there is no private key
 */
export async function openP12(bytes: Uint8Array, password: string): Promise<P12Content> {
  if (bytes.length > MAX_P12_BYTES)
    throw malformed(`it has ${bytes.length} bytes; an exported .p12 has a few thousand`);
  // The library is CommonJS, so Node passes its exports as the default export; the library's types do not reflect this.
  const { default: forge } = (await import("node-forge")) as unknown as { default: Forge };
  const file = parse(forge, Buffer.from(bytes).toString("binary"));
  requireP12(forge, file, bytes);
  const [, authSafe, mac] = partsOf(file);
  const [, safe] = children(authSafe); // A ContentInfo { type, [0] content }
  const contents = octets(child(safe));
  for (const candidate of passwordsOf(password)) {
    if (mac !== undefined && !isMac(forge, mac, contents, candidate)) continue;
    const content = readContents(forge, contents, candidate);
    if (content === undefined) continue;
    if (content.keys.length === 0)
      throw new P12Error("no-key", "it holds no private key, only certificates", { advice: EXPORT_AGAIN });
    return content;
  }
  throw new P12Error("wrong-password", "the password does not open it", {
    advice: "Check the secret with the password; it may be empty, belong to another file, or end with a line break.",
  });
}

/** The bags of all parts, or undefined when one does not decrypt. */
function readContents(forge: Forge, contents: string, password: Password): P12Content | undefined {
  const keys: Uint8Array[] = [];
  const certificates: Uint8Array[] = [];
  for (const part of children(parse(forge, contents))) {
    const bags = openPart(forge, part, password);
    if (bags === undefined) return undefined;
    for (const bag of children(parse(forge, bags))) {
      const kind = oidOf(forge, children(bag)[0]);
      const value = child(children(bag)[1]);
      if (kind === OID.keyBag) keys.push(binary(forge.asn1.toDer(value).getBytes()));
      else if (kind === OID.certificateBag) certificates.push(binary(octets(child(children(value)[1]))));
      else if (kind === OID.shroudedKeyBag) {
        const [algorithm, encrypted] = children(value);
        const key = decrypt(forge, algorithm, octets(encrypted), password);
        if (key === undefined) return undefined;
        keys.push(binary(key));
      }
    }
  }
  return { keys, certificates };
}

function openPart(forge: Forge, part: Asn1, password: Password): string | undefined {
  const [type, content] = children(part); // A ContentInfo, like the whole
  const kind = oidOf(forge, type);
  if (kind === OID.data) return octets(child(content));
  if (kind !== OID.encryptedData) throw malformed("a part of it is encrypted in an unsupported way");
  // EncryptedData { version, EncryptedContentInfo { type, algorithm, [0] content } }
  const [, algorithm, encrypted] = children(children(child(content))[1]);
  return decrypt(forge, algorithm, octets(encrypted), password);
}

function requireP12(forge: Forge, file: Asn1, bytes: Uint8Array): void {
  const [first, authSafe] = partsOf(file);
  const isFile = first?.type === forge.asn1.Type.INTEGER && authSafe?.type === forge.asn1.Type.SEQUENCE;
  if (isFile && oidOf(forge, children(authSafe)[0]) === OID.data) return;
  if (isCertificate(bytes)) throw otherFormat("a certificate (.cer), without its private key");
  if (oidOf(forge, first) === OID.signedData)
    throw otherFormat("a PKCS #7 file (.p7b), which holds certificates and no private key");
  if (isFile) throw otherFormat("a private key, or a similar file, without its certificate");
  throw malformed("it is not a PKCS #12 file");
}

function isCertificate(bytes: Uint8Array): boolean {
  try {
    return new X509Certificate(bytes).raw.length > 0;
  } catch {
    return false;
  }
}

function parse(forge: Forge, bytes: string): Asn1 {
  try {
    return forge.asn1.fromDer(forge.util.createBuffer(bytes), { strict: true, parseAllBytes: false } as never);
  } catch {
    // The library's own message is dropped because it quotes bytes of the file.
    throw truncated();
  }
}

function children(value: Asn1 | undefined): Asn1[] {
  if (!Array.isArray(value?.value)) throw truncated();
  return value.value;
}

function child(value: Asn1 | undefined): Asn1 {
  const [first] = children(value);
  if (first === undefined) throw truncated();
  return first;
}

/** The content of an OCTET STRING, whole or in pieces (BER), as a binary string. */
function octets(value: Asn1 | undefined): string {
  if (value === undefined) throw truncated();
  return typeof value.value === "string" ? value.value : value.value.map(octets).join("");
}

function binary(text: string): Uint8Array {
  return Buffer.from(text, "binary");
}
