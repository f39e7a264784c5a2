import { type Asn1, childOf, isUniversal, parseAsn1, readTime } from "../certificate/asn1.ts";
import { type Certificate, readOid } from "../certificate/certificate.ts";
import { readSignedData } from "./signed-data.ts";
import { digestBy, verifySigner } from "./signer.ts";

/** A secure timestamp, with which a third party confirms when a signature existed (RFC 3161). */
export interface Timestamp {
  readonly time: Date;
  readonly authority: Certificate | undefined;
  readonly certificates: readonly Certificate[];
  /** Whether the authority signed it and it belongs to this signature. */
  readonly verifies: boolean;
}

/**
 * @param token the ContentInfo of a timestamp token
 * @param stamped the signature value that was timestamped
 */
export async function readTimestamp(token: Asn1, stamped: Uint8Array): Promise<Timestamp> {
  const { certificates, signerInfos, content = new Uint8Array() } = readSignedData(token);
  const info = await parseAsn1(content, "the content of the timestamp");
  const imprint = childOf(info, 2, "the message imprint of the timestamp");
  const algorithm = readOid(childOf(childOf(imprint, 0, "an algorithm"), 0, "an algorithm"));
  const hash = childOf(imprint, 1, "the hash of the timestamp").content;
  const isAbout = digestBy(algorithm, stamped)?.equals(hash) === true;
  const signers = signerInfos.map((signer) => verifySigner(signer, certificates, content));
  const time = info.children.find((child) => isUniversal(child, "generalizedTime"));
  return {
    time: readTime(time ?? childOf(info, 4, "the time of the timestamp")),
    authority: signers[0]?.certificate,
    certificates,
    verifies: isAbout && signers.length > 0 && signers.every(({ verifies }) => verifies),
  };
}
