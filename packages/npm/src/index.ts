export { type BinaryNeeds, checkBinary } from "./binary.ts";
export { checkBase, checkPackage, parseManifest, readManifest } from "./check-package.ts";
export { type ContractRow, checkContract, type ProbeState, tryLauncher, writeProbe } from "./contract.ts";
export { NpmError } from "./error.ts";
export { LAUNCHER_TYPES, makeLauncher, overrideVariable } from "./launcher/make-launcher.ts";
export {
  type About,
  baseManifest,
  binaryPath,
  type Manifest,
  ownBaseManifest,
  type Product,
  platformManifest,
} from "./manifest.ts";
export { requirePackageName, tarballName } from "./name.ts";
export { STAGING_NPM, TRUSTED_PUBLISHING_NPM } from "./npm-facts.ts";
export { isNpmOlder, movesTagsByIdentity } from "./npm-version.ts";
export {
  fillPlaceholders,
  type Libc,
  parseWantedPlatform,
  platformOfTarget,
  platformPackageName,
  targetFor,
  targetsOfPlatform,
  type WantedPlatform,
} from "./platform.ts";
export { checkPublishing, checkRepository, type PublishingFinding, requireNpm } from "./publisher-check.ts";
export { explainRefusal, type NpmFailure, type RefusedRequest } from "./refusal.ts";
export { type NpmRegistry, openNpmRegistry, type Packument, registryUrl } from "./registry.ts";
export { approveCommand, listCommand, type StagedVersion, shasumOf } from "./stage.ts";
export {
  differingFiles,
  integrityOf,
  type PackageFile,
  type PackageFiles,
  packTarball,
  readTarball,
} from "./tarball.ts";
export { identityService } from "./trusted-publishing.ts";
