export { type BinaryNeeds, checkBinary } from "./binary.ts";
export { binOf, checkBase, checkPackage, readManifest } from "./check-package.ts";
export {
  type ContractOptions,
  type ContractRow,
  checkContract,
  type ProbeState,
  tryLauncher,
  writeProbe,
} from "./contract.ts";
export { NpmError } from "./error.ts";
export { LAUNCHER_TYPES, makeLauncher, overrideVariable } from "./launcher/make-launcher.ts";
export { requireLicense } from "./license.ts";
export {
  type About,
  baseManifest,
  binaryPath,
  type Manifest,
  ownBaseManifest,
  type Product,
  platformManifest,
} from "./manifest.ts";
export { requirePackageName, scopeOf, tarballName } from "./name.ts";
export {
  DIRECT_TOKENS_END,
  DIST_TAG_IDENTITY_NPM,
  PLACEHOLDER_VERSION,
  STAGING_NPM,
  TRUSTED_PUBLISHING_NPM,
} from "./npm-facts.ts";
export { isNpmOlder, movesTagsByIdentity } from "./npm-version.ts";
export {
  DEFAULT_PLATFORM_NAME,
  type Libc,
  type NamedProduct,
  type Platform,
  parseWantedPlatform,
  platformOfTarget,
  platformPackageName,
  targetFor,
  targetsOfPlatform,
  type WantedPlatform,
} from "./platform.ts";
export {
  checkPublishing,
  checkRepository,
  claimsOf,
  type PublishingFinding,
  type PublishingQuestion,
} from "./publisher-check.ts";
export {
  explainRefusal,
  type NpmFailure,
  type Refusal,
  type RefusalKind,
  type RefusedRequest,
  trustAdvice,
} from "./refusal.ts";
export { type NpmRegistry, openNpmRegistry, type Packument, type PublishedVersion, registryUrl } from "./registry.ts";
export { namesRepository } from "./repository-field.ts";
export { approveCommand, listCommand, type StagedVersion, shasumOf, type VersionStatus } from "./stage.ts";
export {
  differingFiles,
  integrityOf,
  type PackageFile,
  type PackageFiles,
  packTarball,
  readTarball,
} from "./tarball.ts";
export { type IdentityService, identityService, identityTokenFor } from "./trusted-publishing.ts";
