import { type Certificate, isIssuedBy } from "./certificate.ts";

/** Marker extensions that Apple puts into its certificates (Apple's Certificate Policy and CPS). */
const EXTENSION = {
  developerIdApplication: "1.2.840.113635.100.6.1.13",
  developerIdAuthority: "1.2.840.113635.100.6.2.6",
} as const;

/** What else Apple issues, for telling someone which certificate they took by mistake. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ["1.2.840.113635.100.6.1.14", "a Developer ID Installer certificate (for .pkg files)"],
  ["1.2.840.113635.100.6.1.7", "a Mac App Store distribution certificate"],
  ["1.2.840.113635.100.6.1.8", "a Mac App Store installer certificate"],
  ["1.2.840.113635.100.6.1.12", "a Mac Development certificate"],
  ["1.2.840.113635.100.6.1.2", "an Apple Development certificate"],
  ["1.2.840.113635.100.6.1.4", "an Apple Distribution certificate"],
];

/**
 * SHA-256 fingerprints of Apple's root certificates (https://www.apple.com/certificateauthority/):
 * Apple Inc. Root, Apple Root CA - G2 and G3.
 */
const APPLE_ROOTS: ReadonlySet<string> = new Set([
  "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024",
  "c2b9b042dd57830e7d117dac55ac8ae19407d38e41d88f3215bc3a890444a050",
  "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179",
]);

/**
 * Why code signed with `leaf` is not Developer ID code, or `undefined` when it is. A chain may leave
 * its root out; a root that is there must be Apple's.
 */
export function developerIdFault(leaf: Certificate, others: readonly Certificate[]): string | undefined {
  if (!leaf.extensions.includes(EXTENSION.developerIdApplication)) {
    const other = OTHER_KINDS.find(([oid]) => leaf.extensions.includes(oid));
    return `"${leaf.commonName ?? leaf.subject}" is ${other?.[1] ?? "no Developer ID Application certificate"}`;
  }
  if (leaf.selfIssued) return `"${leaf.commonName ?? leaf.subject}" is issued by itself, not by Apple`;
  const chain = issuersOf(leaf, others);
  const authority = chain[0];
  if (authority === undefined) return undefined;
  if (!authority.extensions.includes(EXTENSION.developerIdAuthority)) {
    return `its issuer "${authority.commonName ?? authority.subject}" is not Apple's Developer ID authority`;
  }
  const top = chain.at(-1);
  if (top?.selfIssued && !APPLE_ROOTS.has(top.fingerprint)) {
    return `its chain ends in "${top.commonName ?? top.subject}", which is not a root of Apple`;
  }
  return undefined;
}

/** The certificates above `leaf`, as far as they are there and their signatures hold. */
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
