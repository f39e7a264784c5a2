export {
  ALGORITHMS,
  type Algorithm,
  DigestError,
  type Digests,
  type ListAlgorithm,
  LONG_ALGORITHMS,
} from "./algorithm.ts";
export { blake3 } from "./blake3.ts";
export { hashFiles } from "./hash-files.ts";
export { longDigests } from "./long-digests.ts";
export { formatManifest, type Manifest, type ManifestEntry, parseManifest } from "./manifest.ts";
export { parseSums, type SumsEntry } from "./parse-sums.ts";
export { formatSums, SUMS_FILES, type SumsLine } from "./sums.ts";
export { byCodeUnit, listTree, readEntry, type TreeEntry } from "./tree.ts";
