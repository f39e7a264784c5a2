import { APPLE_AUTHORITIES, type AuthorityPolicy } from "./authorities.ts";
import { type Certificate, isIssuedBy } from "./certificate.ts";

/** Marker extensions that Apple puts into its certificates (Apple's Certificate Policy and CPS). */
const EXTENSION = {
  developerIdApplication: "1.2.840.113635.100.6.1.13",
  developerIdAuthority: "1.2.840.113635.100.6.2.6",
} as const;

/** Other kinds of certificates that Apple issues, to name the one that was used by mistake. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ["1.2.840.113635.100.6.1.14", "a Developer ID Installer certificate (for .pkg files)"],
  ["1.2.840.113635.100.6.1.7", "a Mac App Store distribution certificate"],
  ["1.2.840.113635.100.6.1.8", "a Mac App Store installer certificate"],
  ["1.2.840.113635.100.6.1.12", "a Mac Development certificate"],
  ["1.2.840.113635.100.6.1.2", "an Apple Development certificate"],
  ["1.2.840.113635.100.6.1.4", "an Apple Distribution certificate"],
];

/** The reason why code is not Developer ID code. */
export interface DeveloperIdFault {
  /** With `incomplete-chain`, the certificate may be Apple's: its issuer's certificate is missing, so this is unknown. */
  readonly kind: "not-developer-id" | "incomplete-chain";
  readonly message: string;
}

/**
 * The reason why code signed with `leaf` is not Developer ID code; `undefined` when it is. The certificate must have
 * Apple's marker extension and must be signed with one of the keys with which Apple issues such certificates. `others`
 * may lack the root, which every Mac has, but not the authority below it.
 */
export function developerIdFault(
  leaf: Certificate,
  others: readonly Certificate[],
  authorities: AuthorityPolicy = APPLE_AUTHORITIES,
): DeveloperIdFault | undefined {
  const name = `"${nameOf(leaf)}"`;
  const not = (message: string): DeveloperIdFault => ({ kind: "not-developer-id", message });
  if (!leaf.extensions.includes(EXTENSION.developerIdApplication)) {
    const other = OTHER_KINDS.find(([oid]) => leaf.extensions.includes(oid));
    return not(`${name} is ${other?.[1] ?? "not a Developer ID Application certificate"}`);
  }
  if (authorities === "any") return undefined;
  if (leaf.selfIssued) return not(`${name} is issued by itself, not by Apple`);
  const chain = issuersOf(leaf, others);
  const [authority, above] = chain;
  if (authority === undefined) {
    return { kind: "incomplete-chain", message: `the certificate of ${name}'s issuer (${leaf.issuer}) is missing` };
  }
  if (authorities.developerId.has(authority.keyFingerprint)) return undefined;
  const isMarked = authority.extensions.includes(EXTENSION.developerIdAuthority);
  if (isMarked && above !== undefined && authorities.roots.has(above.fingerprint)) return undefined;
  const top = chain.at(-1);
  const end = isMarked && top !== undefined && top !== authority ? `, whose chain ends in "${nameOf(top)}"` : "";
  return not(`${name} is issued by "${nameOf(authority)}"${end}, which is not Apple's Developer ID authority`);
}

/** The reason why a timestamp signed with `signer` is not Apple's; `undefined` when it is. */
export function timestampAuthorityFault(
  signer: Certificate,
  others: readonly Certificate[],
  authorities: AuthorityPolicy = APPLE_AUTHORITIES,
): string | undefined {
  if (authorities === "any") return undefined;
  const chain = issuersOf(signer, others);
  const isApple = chain.some(
    ({ keyFingerprint, fingerprint }) =>
      authorities.timestamps.has(keyFingerprint) || authorities.roots.has(fingerprint),
  );
  if (isApple) return undefined;
  const authority = chain.length === 0 ? signer.issuer : nameOf(chain.at(-1) ?? signer);
  return `"${nameOf(signer)}" of the authority "${authority}"`;
}

function nameOf({ commonName, subject }: Certificate): string {
  return commonName ?? subject;
}

/** The chain of certificates above `leaf`, up to the first that is missing or has an invalid signature. */
function issuersOf(leaf: Certificate, others: readonly Certificate[]): Certificate[] {
  const chain: Certificate[] = [];
  let current = leaf;
  while (!current.selfIssued) {
    const issuer = others.find((other) => other !== current && !chain.includes(other) && isIssuedBy(current, other));
    if (issuer === undefined) break;
    chain.push(issuer);
    current = issuer;
  }
  return chain;
}
