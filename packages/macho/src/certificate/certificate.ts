import { createHash, X509Certificate } from "node:crypto";
import { type Asn1, Asn1Error, childOf, contextChild, isUniversal, parseAsn1, readTime } from "./asn1.ts";
import { decodeOid } from "./oid.ts";

/** The parts of an X.509 certificate that matter for signed code. */
export interface Certificate {
  /** `CN=..., OU=..., O=..., C=...`, always in this order. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string | undefined;
  /** The team id in Apple's certificates. */
  readonly organizationalUnit: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. All certificates of one key have the same. */
  readonly keyFingerprint: string;
  readonly serial: string;
  /** OIDs of all extensions, in order. */
  readonly extensions: readonly string[];
  readonly selfIssued: boolean;
  /** The encoded issuer, by which signers identify their certificate. */
  readonly issuerDer: Uint8Array;
  /** Node's form of the certificate, for its public key and to verify signatures. */
  readonly x509: X509Certificate;
}

/** The parts of a name (RFC 4519), in the order in which they are shown. */
const NAME_PARTS = [
  ["CN", "2.5.4.3"],
  ["OU", "2.5.4.11"],
  ["O", "2.5.4.10"],
  ["L", "2.5.4.7"],
  ["S", "2.5.4.8"],
  ["C", "2.5.4.6"],
] as const;

/**
 * Parses a certificate in DER.
 *
 * @throws Asn1Error
 */
export async function parseCertificate(der: Uint8Array): Promise<Certificate> {
  return readCertificate(await parseAsn1(der, "a certificate"));
}

/** Reads `Certificate` (RFC 5280, 4.1). */
export function readCertificate(node: Asn1): Certificate {
  const body = childOf(node, 0, "the body of a certificate");
  // The version is optional, so the index of the fields after it varies.
  const base = contextChild(body, 0) === undefined ? 0 : 1;
  const issuer = childOf(body, base + 2, "the issuer of a certificate");
  const validity = childOf(body, base + 3, "the validity of a certificate");
  const subject = childOf(body, base + 4, "the subject of a certificate");
  const key = childOf(body, base + 5, "the public key of a certificate");
  const subjectParts = readName(subject);
  const [extensions] = contextChild(body, 3)?.children ?? [];
  return {
    subject: formatName(subjectParts),
    issuer: formatName(readName(issuer)),
    commonName: subjectParts.get("2.5.4.3")?.[0],
    organizationalUnit: subjectParts.get("2.5.4.11")?.[0],
    notBefore: readTime(childOf(validity, 0, "the start of a certificate's validity")),
    notAfter: readTime(childOf(validity, 1, "the end of a certificate's validity")),
    fingerprint: createHash("sha256").update(node.raw).digest("hex"),
    keyFingerprint: createHash("sha256").update(key.raw).digest("hex"),
    serial: Buffer.from(childOf(body, base, "the serial number of a certificate").content).toString("hex"),
    extensions: (extensions?.children ?? []).map((extension) => readOid(childOf(extension, 0, "an extension's name"))),
    issuerDer: issuer.raw,
    selfIssued: Buffer.from(issuer.raw).equals(subject.raw),
    x509: openCertificate(node.raw),
  };
}

/** Whether `issuer` signed `certificate`. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (issuer.subject !== certificate.issuer) return false;
  try {
    return certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    return false; // OpenSSL does not support this key, so the signature cannot be valid.
  }
}

export function readOid(node: Asn1): string {
  const oid = isUniversal(node, "oid") ? decodeOid(node.content) : undefined;
  if (oid === undefined) throw new Asn1Error("an object identifier is malformed");
  return oid;
}

function openCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw new Asn1Error("a certificate cannot be read", { cause: error });
  }
}

function readName(name: Asn1): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const attribute of name.children.flatMap((set) => set.children)) {
    const oid = readOid(childOf(attribute, 0, "the type of a name"));
    parts.set(oid, [...(parts.get(oid) ?? []), readText(childOf(attribute, 1, "the value of a name"))]);
  }
  return parts;
}

const BMP_STRING = 30;

function readText(node: Asn1): string {
  if (node.tag !== BMP_STRING || node.content.length % 2 !== 0) return Buffer.from(node.content).toString("utf8");
  return Buffer.from(node.content).swap16().toString("utf16le");
}

function formatName(parts: ReadonlyMap<string, readonly string[]>): string {
  return NAME_PARTS.flatMap(([name, oid]) => (parts.get(oid) ?? []).map((value) => `${name}=${value}`)).join(", ");
}
