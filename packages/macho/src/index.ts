export { type DeveloperIdFault, developerIdFault } from "./certificate/apple.ts";
export { Asn1Error } from "./certificate/asn1.ts";
export {
  APPLE_AUTHORITIES,
  type Authorities,
  type AuthorityPolicy,
  withAuthorities,
} from "./certificate/authorities.ts";
export { type Certificate, isIssuedBy, parseCertificate } from "./certificate/certificate.ts";
export type { SigningExpectations } from "./check/check-signature.ts";
export {
  checkSigning,
  type ImageReport,
  needsSignature,
  type SigningReport,
} from "./check/check-signing.ts";
export type { Finding, FindingCode } from "./check/finding.ts";
export { MachoError } from "./error.ts";
export type { ByteRange, MachoImage } from "./image.ts";
export type { BuildVersion, LoadCommand } from "./load-commands.ts";
export { isMacho, isStaticLibrary, type MachoFile, readMacho } from "./macho.ts";
export type { Section, Segment } from "./segments.ts";
export { readInfoPlist } from "./signature/binary-plist.ts";
export { type CmsSignature, type CmsSigner, readCms } from "./signature/cms.ts";
export { type CodeDirectory, hasFlag, SIGNATURE_FLAGS, type SignatureFlag } from "./signature/code-directory.ts";
export { type EntitlementSet, type Entitlements, readXmlEntitlements } from "./signature/entitlements.ts";
export { type PageFault, verifyPages } from "./signature/pages.ts";
export { PlistError, type PlistValue, readPlist } from "./signature/plist.ts";
export type { Requirement } from "./signature/requirements.ts";
export {
  bestCodeDirectory,
  type ReadSignature,
  readSignature,
  type SignatureDetails,
  signerOf,
} from "./signature/signature.ts";
export { BUNDLE_SLOT, bundleIdentifierOf, matchesSlot } from "./signature/special-slots.ts";
export { type CodeSignature, readCodeSignature, type SignatureBlob } from "./signature/superblob.ts";
export type { Timestamp } from "./signature/timestamp.ts";
