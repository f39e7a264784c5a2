import { developerIdFault } from "../certificate/apple.ts";
import type { MachoImage } from "../image.ts";
import type { CmsSigner } from "../signature/cms.ts";
import { type CodeDirectory, hasFlag } from "../signature/code-directory.ts";
import { isEntitled } from "../signature/entitlements.ts";
import { type PageFault, verifyPages } from "../signature/pages.ts";
import { type SignatureDetails, signerOf } from "../signature/signature.ts";
import { changedSlots } from "../signature/special-slots.ts";
import type { FindingCode } from "./finding.ts";

export interface SigningExpectations {
  /** The ten characters of the team that must have signed. */
  readonly teamId?: string | undefined;
}

type Raw = readonly [FindingCode, string];

/** What stands against the signature of an image: each entry a code and its message. */
export function checkSignature(image: MachoImage, signature: SignatureDetails, expected: SigningExpectations): Raw[] {
  const found: Raw[] = [];
  const directories = signature.codeDirectories;
  for (const directory of directories) {
    const fault = verifyPages(image, directory);
    if (fault !== undefined) found.push(["changed-after-signing", describePageFault(fault, directory)]);
    for (const slot of changedSlots(signature, directory)) {
      found.push(["changed-after-signing", `has other ${slot} than were signed`]);
    }
  }
  if (image.fileType === "execute" && !directories.every((directory) => hasFlag(directory, "runtime"))) {
    found.push(["no-hardened-runtime", "is signed without the hardened runtime"]);
  }
  if (isDebuggable(signature)) {
    found.push(["get-task-allow", "has the entitlement com.apple.security.get-task-allow"]);
  }
  return [...found, ...checkSigner(signature, expected)];
}

/**
 * Apple refuses get-task-allow except for hosts of foreign plug-ins, whose authors must be able to debug:
 * those have library validation off (Node.js is notarized with both).
 */
function isDebuggable({ entitlements }: SignatureDetails): boolean {
  const has = (name: string): boolean => isEntitled(entitlements, `com.apple.security.${name}`);
  return has("get-task-allow") && !has("cs.disable-library-validation");
}

function checkSigner(signature: SignatureDetails, expected: SigningExpectations): Raw[] {
  const [directory] = signature.codeDirectories;
  const signer = signerOf(signature);
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
  const { certificate } = signer;
  if (certificate === undefined) return found;
  const others = signature.cmsSignature?.certificates ?? [];
  add(
    "not-developer-id",
    developerIdFault(
      certificate,
      others.filter((other) => other !== certificate),
    ),
  );
  const teams = [directory.teamId, certificate.organizationalUnit];
  if (expected.teamId !== undefined && teams.some((team) => team !== expected.teamId)) {
    const [inCode = "no team", inCertificate = "no team"] = teams;
    const seen = inCode === inCertificate ? inCode : `${inCode} (certificate: ${inCertificate})`;
    add("wrong-team", `is signed by ${seen}, expected ${expected.teamId}`);
  }
  return found;
}

/** Why the signature is not that of its certificate over this code, at a time when it was valid. */
function signatureFault(signature: SignatureDetails, signer: CmsSigner): string | undefined {
  const { certificate, cdhashes, timestamp } = signer;
  if (certificate === undefined) return "has a signature without the certificate that made it";
  if (!signer.verifies) return "has a signature that does not belong to its code";
  const own = signature.codeDirectories.map(({ cdhash }) => cdhash);
  if (cdhashes.length > 0 && own.some((cdhash) => !cdhashes.includes(cdhash))) {
    return "has a code directory that the certificate's owner did not sign";
  }
  const time = timestamp?.time ?? signer.signingTime;
  if (time !== undefined && (time < certificate.notBefore || time > certificate.notAfter)) {
    const valid = [certificate.notBefore, certificate.notAfter].map((date) => date.toISOString().slice(0, 10));
    return `was signed on ${time.toISOString().slice(0, 10)}, when its certificate (${valid.join(" to ")}) was not valid`;
  }
  return undefined;
}

function timestampFault({ timestamp }: CmsSigner): string | undefined {
  if (timestamp === undefined) return "is signed without a secure timestamp";
  return timestamp.verifies ? undefined : "has a timestamp that was not made for its signature";
}

function describePageFault(fault: PageFault, directory: CodeDirectory): string {
  const hash = directory.hash.name;
  switch (fault.kind) {
    case "page":
      return `was changed after signing: page ${fault.page}, at byte ${fault.offset}, has another ${hash} than was signed`;
    case "trailing":
      return `was changed after signing: there are ${fault.bytes} bytes after its last segment`;
    case "count":
      return `was changed after signing: ${fault.found} pages are signed, but it has ${fault.expected}`;
    case "limit":
      return `was changed after signing: ${fault.codeLimit} bytes are signed, but it has ${fault.expected}`;
  }
}
