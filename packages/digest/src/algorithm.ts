import { Fault } from "@release-actions/report";

/** The digests this package computes, in the order in which they are shown. */
export const ALGORITHMS = ["blake3", "sha256"] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** What a checksum list may have: SHA-512 is computed only where one asks for it. */
export type ListAlgorithm = Algorithm | "sha512";

/** Digests of one content by algorithm, in lowercase hex. At least one is there. */
export type Digests = Readonly<Partial<Record<ListAlgorithm, string>>>;

/** A file that cannot be hashed, or a list of hashes that cannot be read. */
export class DigestError extends Fault {
  override readonly name = "DigestError";
}

/** Whether a text is a digest of 32 bytes. Uppercase is not: equal digests must be equal strings. */
export function isHexDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
