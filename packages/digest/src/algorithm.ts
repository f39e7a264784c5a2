import { Fault } from "@release-actions/report";

/** The digests this package computes, in the order in which they are shown. */
export const ALGORITHMS = ["blake3", "sha256"] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** Digests of 64 bytes; they are computed only where a checksum list asks for them. */
export const LONG_ALGORITHMS = ["sha512", "blake2b"] as const;

export type LongAlgorithm = (typeof LONG_ALGORITHMS)[number];

/** The algorithms that a checksum list may use. */
export type ListAlgorithm = Algorithm | LongAlgorithm;

/** The digests of one content by algorithm, in lowercase hex. There is at least one. */
export type Digests = Readonly<Partial<Record<ListAlgorithm, string>>>;

/** A file that cannot be hashed, or a list of hashes that cannot be read. */
export class DigestError extends Fault {
  override readonly name = "DigestError";
}
