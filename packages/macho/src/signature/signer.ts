import { createHash, verify } from "node:crypto";
import { type Asn1, Asn1Error, childOf, contextChild, isUniversal } from "../certificate/asn1.ts";
import { type Certificate, readOid } from "../certificate/certificate.ts";

/** Attribute values by OID. */
export type Attributes = ReadonlyMap<string, readonly Asn1[]>;

export interface VerifiedSigner {
  readonly certificate: Certificate | undefined;
  readonly signature: Uint8Array;
  readonly signedAttributes: Attributes;
  readonly unsignedAttributes: Attributes;
  readonly verifies: boolean;
}

const DIGESTS: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";

/** The digest of the content by the algorithm with this OID; `undefined` for an unknown one. */
export function digestBy(oid: string, content: Uint8Array): Buffer | undefined {
  const algorithm = DIGESTS[oid];
  return algorithm === undefined ? undefined : createHash(algorithm).update(content).digest();
}

/**
 * Reads one SignerInfo (RFC 5652, 5.3) and checks its signature: the message digest must be that of
 * `content`, and the certificate's key must have signed the attributes.
 */
export function verifySigner(info: Asn1, certificates: readonly Certificate[], content: Uint8Array): VerifiedSigner {
  const identifier = childOf(info, 1, "the identifier of a signer");
  const digestAlgorithm = readOid(childOf(childOf(info, 2, "a digest algorithm"), 0, "a digest algorithm"));
  const attributes = contextChild(info, 0);
  const signature = info.children.find((child) => isUniversal(child, "octetString"))?.content;
  if (signature === undefined) throw new Asn1Error("a signer has no signature");
  const certificate = certificates.find((candidate) => identifies(identifier, candidate));
  const signedAttributes = readAttributes(attributes);
  const digest = signedAttributes.get(MESSAGE_DIGEST)?.[0]?.content;
  const algorithm = DIGESTS[digestAlgorithm];
  return {
    certificate,
    signature,
    signedAttributes,
    unsignedAttributes: readAttributes(contextChild(info, 1)),
    verifies:
      certificate !== undefined &&
      attributes !== undefined &&
      digest !== undefined &&
      algorithm !== undefined &&
      createHash(algorithm).update(content).digest().equals(digest) &&
      verifyAttributes(algorithm, attributes, certificate, signature),
  };
}

/**
 * Verifies the signature over the attributes. They are signed in their encoding as a SET (tag 0x31), not with the
 * context tag (RFC 5652, 5.4).
 */
function verifyAttributes(
  algorithm: string,
  attributes: Asn1,
  certificate: Certificate,
  signature: Uint8Array,
): boolean {
  const signed = Buffer.from(attributes.raw);
  signed[0] = 0x31;
  try {
    return verify(algorithm, signed, certificate.x509.publicKey, signature);
  } catch {
    return false; // OpenSSL does not support this key, so the signature cannot be valid.
  }
}

/** Whether an IssuerAndSerialNumber names the certificate. Apple never uses the other form, a key identifier. */
function identifies(identifier: Asn1, certificate: Certificate): boolean {
  const [issuer, serial] = identifier.children;
  if (issuer === undefined || serial === undefined) return false;
  return (
    Buffer.from(serial.content).toString("hex") === certificate.serial &&
    Buffer.from(issuer.raw).equals(certificate.issuerDer)
  );
}

function readAttributes(node: Asn1 | undefined): Attributes {
  const attributes = new Map<string, readonly Asn1[]>();
  for (const attribute of node?.children ?? []) {
    const oid = readOid(childOf(attribute, 0, "the type of an attribute"));
    attributes.set(oid, childOf(attribute, 1, "the values of an attribute").children);
  }
  return attributes;
}
