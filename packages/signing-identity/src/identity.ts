import { createHash, createPrivateKey, type KeyObject } from "node:crypto";
import { type Certificate, developerIdFault, isIssuedBy, parseCertificate } from "@release-actions/macho";
import { decodeP12Text, openP12, P12Error } from "@release-actions/p12";
import { Fault } from "@release-actions/report";
import { APPLE_INTERMEDIATES } from "./apple-intermediates.ts";

/** Thrown for a .p12 that cannot be used for signing. The message never quotes the file or the password. */
export class SigningIdentityError extends Fault {
  override readonly name = "SigningIdentityError";
}

/** A private key, its certificate, and the certificates above it. */
export interface SigningIdentity {
  readonly key: KeyObject;
  readonly certificate: Certificate;
  /** The other certificates of the .p12, plus Apple's intermediate certificate if the .p12 lacks it. */
  readonly chain: readonly Certificate[];
  /** SHA-1 of the certificate in upper-case hex, by which `security` and `codesign` name an identity. */
  readonly sha1: string;
}

/**
 * Opens a .p12 that is stored as text in a secret, and chooses an identity in it.
 * @param text base64, in any form that `decodeP12Text` takes
 * @param wanted the common name, a part of it, the team or the SHA-1 of the certificate; needed when there are several
 * @throws P12Error when the .p12 cannot be opened; SigningIdentityError when several identities match
 */
export async function openIdentity(text: string, password: string, wanted?: string): Promise<SigningIdentity> {
  const { keys, certificates } = await openP12(decodeP12Text(text), password);
  // Some programs write the same certificate several times.
  const distinct = certificates.filter(
    (der, index) => certificates.findIndex((other) => Buffer.from(other).equals(der)) === index,
  );
  const parsed = await Promise.all(distinct.map(parseCertificate));
  const identities = keys.map(openKey).flatMap((key) => identitiesOf(key, parsed));
  if (identities.length === 0) {
    throw new P12Error("no-certificate", "it holds no certificate for its private key");
  }
  const chosen = chooseIdentity(identities, wanted);
  return { ...chosen, chain: await completeChain(chosen.certificate, chosen.chain) };
}

/** Whether `wanted` means this identity, by the rules of codesign. */
export function isIdentity({ certificate, sha1 }: SigningIdentity, wanted: string): boolean {
  const { commonName = certificate.subject, organizationalUnit } = certificate;
  return (
    commonName.includes(wanted) ||
    organizationalUnit === wanted ||
    wanted.replaceAll(/[:\s]/g, "").toUpperCase() === sha1
  );
}

function openKey(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
  } catch {
    // The original error is dropped because it would quote the key.
    throw new P12Error("malformed", "it holds a private key that cannot be read");
  }
}

/** The identities of a key. One key may have several certificates, for example an old and a renewed one. */
function identitiesOf(key: KeyObject, certificates: readonly Certificate[]): SigningIdentity[] {
  return certificates
    .filter(({ x509 }) => x509.checkPrivateKey(key))
    .map((certificate) => ({
      key,
      certificate,
      chain: certificates.filter((other) => other !== certificate),
      sha1: createHash("sha1").update(certificate.x509.raw).digest("hex").toUpperCase(),
    }));
}

function chooseIdentity(identities: readonly SigningIdentity[], wanted: string | undefined): SigningIdentity {
  const named = wanted === undefined ? identities : identities.filter((one) => isIdentity(one, wanted));
  // If no identity matches `wanted`, another one is chosen here; `checkIdentity` then reports the mismatch.
  const candidates = named.length === 0 ? identities : named;
  const [only, second] = withoutOthers(candidates);
  if (only !== undefined && (second === undefined || named.length === 0)) return only;
  const names = identities.map(
    ({ certificate, sha1 }) => `"${certificate.commonName ?? certificate.subject}" (${sha1})`,
  );
  throw new SigningIdentityError(`the .p12 holds ${identities.length} identities: ${names.join(", ")}`, {
    advice: "Set `identity` to the one that signs: its name, its team or its SHA-1.",
  });
}

/** Prefers Developer ID certificates, and keeps for each key only the certificate that is valid longest. */
function withoutOthers(identities: readonly SigningIdentity[]): SigningIdentity[] {
  const usable = identities.filter(({ certificate }) => developerIdFault(certificate, [], "any") === undefined);
  const rest = [...(usable.length > 0 ? usable : identities)];
  rest.sort((a, b) => b.certificate.notAfter.getTime() - a.certificate.notAfter.getTime());
  return rest.filter((one, index) => rest.findIndex(({ key }) => key.equals(one.key)) === index);
}

async function completeChain(leaf: Certificate, chain: readonly Certificate[]): Promise<readonly Certificate[]> {
  if (chain.some((other) => isIssuedBy(leaf, other))) return chain;
  const known = await Promise.all(APPLE_INTERMEDIATES.map((der) => parseCertificate(Buffer.from(der, "base64"))));
  return [...known.filter((one) => isIssuedBy(leaf, one)), ...chain];
}
