import { wildcard } from "@release-actions/text";
/** What is proof of other files must come from where they came from before: a gateway could serve both. */
export const CHECKSUMS_AND_SIGNATURES: readonly string[] = [
  "*.md5",
  "*.sha1",
  "*.sha256",
  "*.sha512",
  "*.sha3-256",
  "*.sha3-512",
  "*.blake2s",
  "*.blake2b",
  "*.b3",
  "*.sum",
  "*SUMS",
  "*SUMS.txt",
  "*checksum*.txt",
  "*checksums",
  "*.asc",
  "*.sig",
  "*.bundle",
  "*.minisig",
  "*.sigstore",
  "*.sigstore.json",
  "*.intoto.jsonl",
  "*.pem",
  "*.crt",
  "*dist-manifest.json",
];

/** Tells by its name whether a file's URL is to be rewritten. Empty `include` means all; `*` and `?` are wild. */
export function fileFilter(include: readonly string[], exclude: readonly string[]): (file: string) => boolean {
  const included = include.map(matcher);
  const excluded = exclude.map(matcher);
  return (file) => {
    const name = decoded(file);
    const matches = (pattern: RegExp): boolean => pattern.test(name);
    return (included.length === 0 || included.some(matches)) && !excluded.some(matches);
  };
}

function decoded(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    // A stray percent sign is part of a placeholder, not of an encoding.
    return file;
  }
}

function matcher(pattern: string): RegExp {
  return wildcard(pattern, { question: true, ignoreCase: true });
}
