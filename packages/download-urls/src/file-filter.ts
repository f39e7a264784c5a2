import { wildcard } from "@release-actions/text";
/** Files that verify others keep their original URLs: a gateway that served both could replace both. */
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

/**
 * Returns a function that tells by a file's name whether to rewrite its URL. An empty `include` means all files; `*`
 * and `?` are wildcards.
 */
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
    // This percent sign belongs to a placeholder and not to an encoding.
    return file;
  }
}

function matcher(pattern: string): RegExp {
  return wildcard(pattern, { question: true, ignoreCase: true });
}
