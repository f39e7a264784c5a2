/** Hex characters each algorithm yields (OCI image spec, descriptor.md, "Registered algorithms"). */
const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;

export type Algorithm = keyof typeof HEX_LENGTH;

/** A content digest as in the OCI image spec (descriptor.md, "Digests"). Only `parseDigest` makes one. */
export type Digest = `${Algorithm}:${string}`;

/** A digest as a part of other grammars. Upper case is none: equal digests are equal strings. */
export const DIGEST_PATTERN = Object.entries(HEX_LENGTH)
  .map(([algorithm, length]) => `${algorithm}:[0-9a-f]{${length}}`)
  .join("|");

const DIGEST = new RegExp(`^(?:${DIGEST_PATTERN})$`);

/** The digest a text stands for; undefined when it is not one. */
export function parseDigest(text: string): Digest | undefined {
  // The pattern is the type's, with the length that goes with each algorithm.
  return DIGEST.test(text) ? (text as Digest) : undefined;
}
