/** What to change, by what is wrong. */
const ADVICE = {
  damaged: "Build the file again and check how it is transferred: it is truncated or overwritten.",
  unsigned: "Sign it with a Developer ID Application certificate before packing it.",
  "ad-hoc": "Sign it with a Developer ID Application certificate: the linker's ad-hoc signature has no signer.",
  "signature-invalid": "Sign it again with a valid Developer ID Application certificate.",
  "changed-after-signing":
    "Make signing the last step that touches the file: no strip, no install_name_tool, no packer after it.",
  "suspicious-layout": "Join the architectures again with `lipo -create`, and append nothing to the result.",
  "not-developer-id": "Sign with a certificate of the kind `Developer ID Application`, exported with its private key.",
  "incomplete-chain":
    "Put the intermediate certificate (Developer ID Certification Authority, from apple.com/certificateauthority) into the keychain or the .p12, then sign again.",
  "wrong-team": "Use a certificate and credentials of the same team.",
  "no-hardened-runtime": "Sign with `--options runtime` (codesign) or `--code-signature-flags runtime` (rcodesign).",
  "no-timestamp":
    "Sign with `--timestamp` (codesign) or `--timestamp-url http://timestamp.apple.com/ts01` (rcodesign), with the network reachable.",
  "entitlements-unreadable":
    "Write them as an XML property list in UTF-8 that has each key once (`plutil -convert xml1 <file>`), then sign again.",
  "get-task-allow": "Remove `com.apple.security.get-task-allow` from the entitlements: it is for debugging only.",
  "old-sdk": "Link with the macOS 10.9 SDK or later, and set `MACOSX_DEPLOYMENT_TARGET`.",
  "restricted-entitlement":
    "Remove the entitlement, or put the program into an app bundle with `Contents/embedded.provisionprofile`.",
  "foreign-timestamp":
    "Sign with `--timestamp` (codesign) or `--timestamp-url http://timestamp.apple.com/ts01` (rcodesign).",
  "separated-from-bundle": "Ship the whole bundle, or sign the program again on its own.",
  "not-checked": "Check it on a Mac: `codesign --verify --strict --verbose=4 <file>`.",
} as const;

/** Everything that Apple's notary service would refuse and that can be checked without it, and what would fail on a Mac later. */
export type FindingCode = keyof typeof ADVICE;

export interface Finding {
  readonly code: FindingCode;
  /** An error makes notarization fail. A warning does not, but the program may not run, or something could not be checked. */
  readonly level: "error" | "warning";
  /** Undefined if the finding is about the whole file, or if the file could not be read that far. */
  readonly architecture: string | undefined;
  /** What is wrong, as a sentence without its subject, which is the file: `is signed without the hardened runtime`. */
  readonly message: string;
  /** What to change. */
  readonly advice: string;
  /**
   * Whether the finding does not apply if the bundle around the program has a matching `Info.plist` or a provisioning
   * profile.
   */
  readonly dependsOnBundle: boolean;
}

export function findingOf(
  code: FindingCode,
  architecture: string | undefined,
  message: string,
  dependsOnBundle = false,
): Finding {
  const level = WARNINGS.includes(code) ? "warning" : "error";
  return { code, level, architecture, message, advice: ADVICE[code], dependsOnBundle };
}

const WARNINGS: readonly FindingCode[] = ["restricted-entitlement", "separated-from-bundle", "not-checked"];
