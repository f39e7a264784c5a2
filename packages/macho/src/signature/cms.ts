import { type Asn1, Asn1Error, childOf, parseAsn1, readTime } from "../certificate/asn1.ts";
import { type Certificate, readOid } from "../certificate/certificate.ts";
import { attempt } from "../error.ts";
import { readPlist } from "./plist.ts";
import { readSignedData } from "./signed-data.ts";
import { verifySigner } from "./signer.ts";
import { readTimestamp, type Timestamp } from "./timestamp.ts";

/** The CMS SignedData of a code signature (RFC 5652, section 5), whose content is the CodeDirectory. */
export interface CmsSignature {
  readonly certificates: readonly Certificate[];
  readonly signers: readonly CmsSigner[];
}

export interface CmsSigner {
  /** Undefined when the CMS does not contain it. */
  readonly certificate: Certificate | undefined;
  /** The time by the signer's clock; only a timestamp proves it. */
  readonly signingTime: Date | undefined;
  /**
   * The 20-byte hashes in Apple's property list attribute, in hex, one for each CodeDirectory; empty if there is no
   * such attribute.
   */
  readonly cdhashes: readonly string[];
  /** The contents of Apple's other attribute: the full hash of each CodeDirectory and the OID of the hash algorithm. */
  readonly directoryDigests: readonly { readonly oid: string; readonly hex: string }[];
  /** Whether the certificate's key signed this CodeDirectory. */
  readonly verifies: boolean;
  /** The secure timestamp (RFC 3161). */
  readonly timestamp: Timestamp | undefined;
  /** The reasons why existing attributes could not be read. */
  readonly faults: { readonly cdhashes: string | undefined; readonly timestamp: string | undefined };
}

const OID = {
  signingTime: "1.2.840.113549.1.9.5",
  cdhashPlist: "1.2.840.113635.100.9.1",
  cdhashDigests: "1.2.840.113635.100.9.2",
  timestampToken: "1.2.840.113549.1.9.16.2.14",
} as const;

/**
 * @param der the content of the signature's CMS blob
 * @param content the signed content: the first CodeDirectory
 * @throws Asn1Error
 */
export async function readCms(der: Uint8Array, content: Uint8Array): Promise<CmsSignature> {
  const { certificates, signerInfos } = readSignedData(await parseAsn1(der, "the CMS signature"));
  const signers = signerInfos.map((info) => readSigner(info, certificates, content));
  return { certificates, signers: await Promise.all(signers) };
}

async function readSigner(info: Asn1, certificates: readonly Certificate[], content: Uint8Array): Promise<CmsSigner> {
  const verified = verifySigner(info, certificates, content);
  const signed = verified.signedAttributes;
  const plistValue = signed.get(OID.cdhashPlist)?.[0];
  const signingTime = signed.get(OID.signingTime)?.[0];
  const token = verified.unsignedAttributes.get(OID.timestampToken)?.[0];
  const cdhashes = await attempt(() => plistValue && readCdhashes(plistValue.content));
  const timestamp = await attempt(() => token && readTimestamp(token, verified.signature));
  return {
    certificate: verified.certificate,
    signingTime: signingTime && readTime(signingTime),
    cdhashes: cdhashes.value ?? [],
    directoryDigests: (signed.get(OID.cdhashDigests) ?? []).map((value) => ({
      oid: readOid(childOf(value, 0, "the hash algorithm of a CodeDirectory digest")),
      hex: Buffer.from(childOf(value, 1, "a CodeDirectory digest").content).toString("hex"),
    })),
    verifies: verified.verifies,
    timestamp: timestamp.value,
    faults: { cdhashes: cdhashes.fault, timestamp: timestamp.fault },
  };
}

/** `<dict><key>cdhashes</key><array><data>...` */
async function readCdhashes(xml: Uint8Array): Promise<string[]> {
  const list = await readPlist(xml, "the cdhashes of the CMS signature");
  const hashes = list instanceof Map ? list.get("cdhashes") : undefined;
  if (!Array.isArray(hashes)) throw new Asn1Error("the CMS signature lists no cdhashes");
  return hashes.map((hash) => {
    if (!(hash instanceof Uint8Array)) throw new Asn1Error("a cdhash of the CMS signature is not data");
    return Buffer.from(hash).toString("hex");
  });
}
