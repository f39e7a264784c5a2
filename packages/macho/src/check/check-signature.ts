import { developerIdFault, timestampAuthorityFault } from "../certificate/apple.ts";
import type { AuthorityPolicy } from "../certificate/authorities.ts";
import type { MachoImage } from "../image.ts";
import type { CmsSigner } from "../signature/cms.ts";
import { type CodeDirectory, hasFlag } from "../signature/code-directory.ts";
import { entitlementNames, isEntitled } from "../signature/entitlements.ts";
import { pageFault } from "../signature/pages.ts";
import { isRestrictedEntitlement } from "../signature/restricted-entitlements.ts";
import { type SignatureDetails, signerOf } from "../signature/signature.ts";
import { digestBy } from "../signature/signer.ts";
import { BUNDLE_SLOT, changedSlots, embeddedInfoPlist, matchesSlot } from "../signature/special-slots.ts";
import type { FindingCode } from "./finding.ts";

export interface SigningExpectations {
  /** The team id (ten characters) that the signature must have. */
  readonly teamId?: string | undefined;
  /** The trusted authorities. Default: Apple's. */
  readonly authorities?: AuthorityPolicy | undefined;
}

/** A finding. The last part tells whether it may not apply if the program is in a bundle. */
type Raw = readonly [code: FindingCode, message: string, dependsOnBundle?: boolean];

/** Checks the signature of an image and returns what is wrong with it. */
export function checkSignature(image: MachoImage, signature: SignatureDetails, expected: SigningExpectations): Raw[] {
  const found: Raw[] = [];
  const directories = signature.codeDirectories;
  for (const directory of directories) {
    const fault = pageFault(image, directory);
    if (fault !== undefined) found.push(["changed-after-signing", `was changed after signing: ${fault}`]);
    for (const slot of changedSlots(signature, directory)) {
      found.push(["changed-after-signing", `was changed after signing: its ${slot} are not the signed ones`]);
    }
  }
  found.push(...checkOwnInfoPlist(image, signature));
  if (image.fileType === "execute" && !directories.every((directory) => hasFlag(directory, "runtime"))) {
    found.push(["no-hardened-runtime", "is signed without the hardened runtime"]);
  }
  for (const fault of signature.entitlements.faults) {
    found.push(["entitlements-unreadable", `has entitlements that cannot be read: ${fault}`]);
  }
  if (isDebuggable(signature)) {
    found.push(["get-task-allow", "has the entitlement com.apple.security.get-task-allow"]);
  }
  const restricted = entitlementNames(signature.entitlements).filter(isRestrictedEntitlement);
  if (image.fileType === "execute" && restricted.length > 0) {
    const kill = "macOS grants with a provisioning profile only; without one it is killed when it starts";
    found.push(["restricted-entitlement", `has the entitlement ${restricted.join(", ")}, which ${kill}`, true]);
  }
  for (const fault of signature.faults) {
    found.push(["not-checked", `has a part of its signature that cannot be read: ${fault}`]);
  }
  return [...found, ...checkSigner(signature, expected)];
}

/**
 * Compares slot 1 with the property list in the program. In the main program of a bundle, slot 1 is for the bundle's
 * Info.plist instead. Without a hash in slot 1, the list is not signed, and macOS does not use it.
 */
function checkOwnInfoPlist(image: MachoImage, { codeDirectories }: SignatureDetails): Raw[] {
  const signing = codeDirectories.filter(({ specialHashes }) => specialHashes.has(BUNDLE_SLOT.infoPlist));
  const list = embeddedInfoPlist(image);
  if (list === undefined && signing.length > 0)
    return [["separated-from-bundle", "was signed as a part of a bundle, whose Info.plist is not with it", true]];
  if (list === undefined || signing.every((directory) => matchesSlot(directory, BUNDLE_SLOT.infoPlist, list)))
    return [];
  const fault = "the property list in __TEXT,__info_plist is not the signed one";
  return [["changed-after-signing", `was changed after signing: ${fault}`, true]];
}

/**
 * Whether the entitlement get-task-allow would make Apple refuse the program. Apple allows it for programs that load
 * third-party plug-ins, whose authors must be able to debug them. These have library validation disabled (Node.js is
 * notarized with both).
 */
function isDebuggable({ entitlements }: SignatureDetails): boolean {
  const has = (name: string): boolean => isEntitled(entitlements, `com.apple.security.${name}`);
  return has("get-task-allow") && !has("cs.disable-library-validation");
}

function checkSigner(signature: SignatureDetails, expected: SigningExpectations): Raw[] {
  const [directory] = signature.codeDirectories;
  const signer = signerOf(signature);
  if (signature.cmsFault !== undefined) {
    return [["signature-invalid", `has a signature that cannot be read: ${signature.cmsFault}`]];
  }
  if (hasFlag(directory, "adhoc") || signer === undefined) {
    const by = hasFlag(directory, "linker-signed") ? " by the linker" : "";
    return [["ad-hoc", `is signed ad hoc${by}, with no certificate`]];
  }
  const found: Raw[] = [];
  const add = (code: FindingCode, message: string | undefined): void => {
    if (message !== undefined) found.push([code, message]);
  };
  add("signature-invalid", signatureFault(signature, signer));
  add("no-timestamp", timestampFault(signer));
  add("foreign-timestamp", timestampOwnerFault(signer, expected.authorities));
  const { certificate } = signer;
  if (certificate === undefined) return found;
  const fault = developerIdFault(certificate, signature.cmsSignature?.certificates ?? [], expected.authorities);
  if (fault !== undefined) add(fault.kind, `is not Developer ID code: ${fault.message}`);
  const teams = [directory.teamId, certificate.organizationalUnit];
  if (expected.teamId !== undefined && teams.some((team) => team !== expected.teamId)) {
    const [inCode = "no team", inCertificate = "no team"] = teams;
    const seen = inCode === inCertificate ? inCode : `${inCode} (certificate: ${inCertificate})`;
    add("wrong-team", `is signed by ${seen}, expected ${expected.teamId}`);
  }
  return found;
}

/**
 * The reason why the signature is not valid: it is not by its certificate, not over this code, or from a time when the
 * certificate was not valid.
 */
function signatureFault(signature: SignatureDetails, signer: CmsSigner): string | undefined {
  const { certificate, cdhashes, directoryDigests, timestamp } = signer;
  if (certificate === undefined) return "has a signature without the certificate that made it";
  if (!signer.verifies) return "has a signature that does not belong to its code";
  // Each of Apple's two attributes, if it is there, lists all code directories; the second has digests of any kind.
  const isListed = ({ cdhash, bytes }: CodeDirectory): boolean =>
    (cdhashes.length === 0 || cdhashes.includes(cdhash)) &&
    (directoryDigests.length === 0 ||
      directoryDigests.some(({ oid, hex }) => digestBy(oid, bytes)?.toString("hex") === hex));
  if (!signature.codeDirectories.every(isListed))
    return "has a code directory that the certificate's owner did not sign";
  if (signer.faults.cdhashes !== undefined) {
    return `has a list of signed code directories that cannot be read: ${signer.faults.cdhashes}`;
  }
  const time = timestamp?.time ?? signer.signingTime;
  if (time !== undefined && (time < certificate.notBefore || time > certificate.notAfter)) {
    const valid = [certificate.notBefore, certificate.notAfter].map((date) => date.toISOString().slice(0, 10));
    return `was signed on ${time.toISOString().slice(0, 10)}, when its certificate (${valid.join(" to ")}) was not valid`;
  }
  return undefined;
}

function timestampFault({ timestamp, faults }: CmsSigner): string | undefined {
  if (faults.timestamp !== undefined) return `has a timestamp that cannot be read: ${faults.timestamp}`;
  if (timestamp === undefined) return "is signed without a secure timestamp";
  return timestamp.verifies ? undefined : "has a timestamp that was not made for its signature";
}

function timestampOwnerFault({ timestamp }: CmsSigner, authorities?: AuthorityPolicy): string | undefined {
  const authority = timestamp?.authority;
  if (timestamp === undefined || authority === undefined) return undefined;
  const fault = timestampAuthorityFault(authority, timestamp.certificates, authorities);
  return fault === undefined ? undefined : `has a timestamp from ${fault}, not from Apple`;
}
