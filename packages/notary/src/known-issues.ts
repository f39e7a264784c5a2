/**
 * Known issues, by the wording of Apple's messages ("Resolving common notarization issues"), and what to change in a
 * release workflow.
 */
const KNOWN_ISSUES: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/does not include a secure timestamp/i, "Sign with `--timestamp`; `codesign-macos` does so by default."],
  [
    /not signed with a valid Developer ID/i,
    "Sign with a certificate of the kind `Developer ID Application` that has not expired, and check that its whole chain is in the signature.",
  ],
  [
    /does not have the hardened runtime enabled/i,
    "Sign with `--options runtime`: set `options: runtime` in codesign-macos, or `CODESIGN_OPTIONS: runtime` where cargo-dist signs.",
  ],
  [
    /requests the com\.apple\.security\.get-task-allow entitlement/i,
    "Remove that entitlement: it is for debugging only.",
  ],
  [/is not signed/i, "Sign every Mach-O file, also those inside archives and bundles, before packing."],
  [
    /signature of the binary is invalid/i,
    "The file was changed after signing. Sign last, and transfer it as an archive that keeps it byte for byte.",
  ],
  [
    /embedded entitlements are invalid/i,
    "The entitlements must be an XML property list: convert with `plutil -convert xml1` before signing.",
  ],
  [
    /signature algorithm used is too weak/i,
    "The signature has SHA-1 hashes only: sign again with a current codesign or rcodesign.",
  ],
  [
    /SDK older than the 10\.9 SDK/i,
    "Link with the macOS 10.9 SDK or later, and check that LC_BUILD_VERSION is in the binary.",
  ],
  [/codesign command's --deep/i, "Sign from the inside out instead of with `--deep`."],
  [
    /not a valid (archive|zip)|could not be (opened|unpacked)|corrupt/i,
    "Pack it again; Apple takes .zip, .pkg and .dmg only.",
  ],
  [
    /team is not yet configured for notarization/i,
    "Ask Apple's developer support to enable notarization for the team; it stays off for some new accounts.",
  ],
  [
    /a required agreement is missing or has expired/i,
    "The account holder must accept the agreement in App Store Connect or at developer.apple.com.",
  ],
  [/uploading .* failed|unable to process/i, "Apple had an internal error: submit again."],
  [/contains malware|malicious/i, "Apple's scan found something. Write to developer support with the submission id."],
];

/** Advice for the values of `statusCode` in the log whose meaning Apple or its engineers have published. */
const STATUS_ADVICE: Readonly<Record<number, string>> = {
  4000: "Each issue is shown separately; correct them, sign again and submit again.",
  7000: "Ask Apple's developer support to enable notarization for the team (topic Development and Technical); it stays off for some new accounts. Submitting again does not help.",
};

export function adviceForStatus(statusCode: number | undefined, summary: string): string | undefined {
  return (statusCode === undefined ? undefined : STATUS_ADVICE[statusCode]) ?? adviceFor(summary);
}

/** What to do about a message of Apple's log; `undefined` for an unknown message. */
export function adviceFor(message: string): string | undefined {
  return KNOWN_ISSUES.find(([pattern]) => pattern.test(message))?.[1];
}
