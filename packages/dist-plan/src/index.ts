export {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type Checksums,
  checksumsOf,
  mergeChecksums,
  readChecksumFile,
} from "./checksums.ts";
export { type DroppedTargets, parseDropTargets } from "./drop-targets.ts";
export { type ArtifactFileReader, loadManifest, loadPlan } from "./load.ts";
export { type Artifact, type DistPlan, PlanError, type Release } from "./plan.ts";
export {
  archiveFor,
  archivesOf,
  artifactsOf,
  downloadUrl,
  formulaeOf,
  releaseOf,
  requireTag,
  versionOf,
} from "./questions.ts";
export { readPlan } from "./read.ts";
