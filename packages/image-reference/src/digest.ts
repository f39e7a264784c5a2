/** The number of hex characters of each algorithm (OCI image spec, descriptor.md, "Registered algorithms"). */
const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;

export type Algorithm = keyof typeof HEX_LENGTH;

/** A content digest as in the OCI image spec (descriptor.md, "Digests"). Only `parseDigest` makes one. */
export type Digest = `${Algorithm}:${string}`;

/** The pattern of a digest, for use in other patterns. Upper case does not match, so that equal digests are equal strings. */
export const DIGEST_PATTERN = Object.entries(HEX_LENGTH)
  .map(([algorithm, length]) => `${algorithm}:[0-9a-f]{${length}}`)
  .join("|");

const DIGEST = new RegExp(`^(?:${DIGEST_PATTERN})$`);

/** Parses a digest; undefined when the text is not a valid one. */
export function parseDigest(text: string): Digest | undefined {
  // The pattern matches the type and also checks the length.
  return DIGEST.test(text) ? (text as Digest) : undefined;
}
