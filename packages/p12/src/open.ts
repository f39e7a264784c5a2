import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { Fault } from "@release-actions/report";

/** The certificate of a PKCS #12 file that belongs to its private key. */
export interface SigningCertificate {
  readonly commonName: string;
  /** The organizational unit, where Apple puts the team. */
  readonly team: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** 40 lower-case hex characters, by which keychains name identities. */
  readonly sha1: string;
  /** DER. */
  readonly certificate: Uint8Array;
}

export type P12Problem = "malformed" | "wrong-password" | "no-key" | "no-certificate";

/** Says nothing of the content: it may be shown. */
export class P12Error extends Fault {
  override readonly name = "P12Error";
  readonly problem: P12Problem;

  constructor(problem: P12Problem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/**
 * Opens a PKCS #12 file (RFC 7292) and finds the certificate that its private key signs with. Reads what
 * Keychain Access exports (RC2 and triple DES) as well as AES.
 *
 * @throws P12Error
 */
export async function openP12(bytes: Uint8Array, password: string): Promise<SigningCertificate> {
  // The library is CommonJS, whose exports Node hands over as the default; its types do not say so.
  const { default: forge } = (await import("node-forge")) as unknown as { default: Forge };
  const file = decode(forge, bytes);
  const container = open(forge, file, password);
  const bags = container.safeContents.flatMap(({ safeBags }) => safeBags);
  const keys = bags.flatMap((bag) => privateKeyOf(forge, bag) ?? []);
  if (keys.length === 0) throw new P12Error("no-key", "it holds no private key, only certificates");
  const certificates = bags.flatMap((bag) => certificateOf(forge, bag) ?? []);
  const leaf = certificates.find((certificate) => keys.some((key) => certificate.checkPrivateKey(key)));
  if (leaf === undefined) throw new P12Error("no-certificate", "it holds no certificate for its private key");
  return {
    commonName: subjectField(leaf, "CN") ?? "",
    team: subjectField(leaf, "OU"),
    notBefore: new Date(leaf.validFrom),
    notAfter: new Date(leaf.validTo),
    sha1: leaf.fingerprint.replaceAll(":", "").toLowerCase(),
    certificate: leaf.raw,
  };
}

type Forge = typeof import("node-forge");
type Asn1 = import("node-forge").asn1.Asn1;
type Bag = import("node-forge").pkcs12.Bag;

function decode(forge: Forge, bytes: Uint8Array): Asn1 {
  try {
    return forge.asn1.fromDer(Buffer.from(bytes).toString("binary"));
  } catch {
    // The library's message quotes bytes of the file.
    throw new P12Error("malformed", "it is no PKCS #12 file");
  }
}

function open(forge: Forge, file: Asn1, password: string): import("node-forge").pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(file, password);
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    if (/password|MAC|decrypt/i.test(said)) throw new P12Error("wrong-password", "the password does not open it");
    throw new P12Error("malformed", "it is no PKCS #12 file, or protected in a way that is not read here");
  }
}

function privateKeyOf(forge: Forge, bag: Bag): KeyObject | undefined {
  const isKey = bag.type === forge.pki.oids["keyBag"] || bag.type === forge.pki.oids["pkcs8ShroudedKeyBag"];
  if (!isKey) return undefined;
  // Keys other than RSA are left as they came.
  const info = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return createPrivateKey({ key: toDer(forge, info), format: "der", type: "pkcs8" });
}

function certificateOf(forge: Forge, bag: Bag): X509Certificate | undefined {
  if (bag.type !== forge.pki.oids["certBag"]) return undefined;
  return new X509Certificate(toDer(forge, bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));
}

function toDer(forge: Forge, value: Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(value).getBytes(), "binary");
}

function subjectField(certificate: X509Certificate, name: string): string | undefined {
  const line = certificate.subject.split("\n").find((field) => field.startsWith(`${name}=`));
  return line?.slice(name.length + 1);
}
