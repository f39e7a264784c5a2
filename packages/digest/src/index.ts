export { ALGORITHMS, type Algorithm, DigestError, type Digests, isHexDigest } from "./algorithm.ts";
export { type Blake3Mode, blake3 } from "./blake3.ts";
export { type HashFilesOptions, hashFiles } from "./hash-files.ts";
export type { EngineChoice, EngineName } from "./hash-protocol.ts";
export { formatManifest, type Manifest, type ManifestEntry, parseManifest } from "./manifest.ts";
export { formatSums, parseSums, SUMS_FILES, type SumsEntry } from "./sums.ts";
export { byCodeUnit, listTree, readEntry, type TreeEntry } from "./tree.ts";
