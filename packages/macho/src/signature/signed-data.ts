import { type Asn1, Asn1Error, childOf, contextChild, isUniversal } from "../certificate/asn1.ts";
import { type Certificate, readCertificate, readOid } from "../certificate/certificate.ts";

const SIGNED_DATA = "1.2.840.113549.1.7.2";

/** The parts of a SignedData that code signatures and timestamps have in common. */
export interface SignedData {
  readonly certificates: readonly Certificate[];
  readonly signerInfos: readonly Asn1[];
  /** The signed content, if the message contains it. */
  readonly content: Uint8Array | undefined;
}

/**
 * Reads a ContentInfo that contains SignedData (RFC 5652, sections 3 and 5.1).
 *
 * @throws Asn1Error
 */
export function readSignedData(contentInfo: Asn1): SignedData {
  if (readOid(childOf(contentInfo, 0, "the type of a CMS message")) !== SIGNED_DATA) {
    throw new Asn1Error("a CMS message is not signed data");
  }
  const signedData = childOf(childOf(contentInfo, 1, "the content of a CMS message"), 0, "SignedData");
  const encapsulated = contextChild(childOf(signedData, 2, "the content of SignedData"), 0);
  const signerInfos = signedData.children.at(-1);
  if (signerInfos === undefined || !isUniversal(signerInfos, "set")) throw new Asn1Error("SignedData has no signers");
  const certificates = (contextChild(signedData, 0)?.children ?? []).filter((node) => isUniversal(node, "sequence"));
  return {
    certificates: certificates.flatMap(readKnownCertificate),
    signerInfos: signerInfos.children,
    content: encapsulated && childOf(encapsulated, 0, "the content of SignedData").content,
  };
}

/** Reads a certificate, or leaves it out if it cannot be read. If it was needed, it is later reported as missing. */
function readKnownCertificate(node: Asn1): Certificate[] {
  try {
    return [readCertificate(node)];
  } catch (error) {
    if (error instanceof Asn1Error) return [];
    throw error;
  }
}
