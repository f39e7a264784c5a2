import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Digests, LongAlgorithm } from "./algorithm.ts";

/** The names of the algorithms in OpenSSL. `b2sum` uses 512 bits. */
const NAMES: Readonly<Record<LongAlgorithm, string>> = { sha512: "sha512", blake2b: "blake2b512" };

/** The 64-byte digests of a file, which some checksum lists use. The file is read once, in constant memory. */
export async function longDigests(
  file: string,
  algorithms: readonly LongAlgorithm[],
  signal?: AbortSignal,
): Promise<Digests> {
  const hashes = algorithms.map((algorithm) => [algorithm, createHash(NAMES[algorithm])] as const);
  const content = createReadStream(file, signal === undefined ? {} : { signal });
  content.on("data", (chunk) => {
    for (const [, hash] of hashes) hash.update(chunk);
  });
  await finished(content);
  return Object.fromEntries(hashes.map(([algorithm, hash]) => [algorithm, hash.digest("hex")]));
}
