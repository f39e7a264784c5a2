/** Everything Apple's notary service would refuse that can be seen without it. */
export type FindingCode =
  | "damaged"
  | "unsigned"
  | "ad-hoc"
  | "signature-invalid"
  | "changed-after-signing"
  | "not-developer-id"
  | "wrong-team"
  | "no-hardened-runtime"
  | "no-timestamp"
  | "get-task-allow"
  | "old-sdk";

export interface Finding {
  readonly code: FindingCode;
  /** Undefined when the file could not be read that far. */
  readonly architecture: string | undefined;
  /** What is wrong and what is expected: `is signed without the hardened runtime`. The file is the subject. */
  readonly message: string;
  /** What to change. */
  readonly advice: string;
}

export const ADVICE: Readonly<Record<FindingCode, string>> = {
  damaged: "Build the file again and check how it is transferred: it is cut off or overwritten.",
  unsigned: "Sign it with a Developer ID Application certificate before packing it.",
  "ad-hoc": "Sign it with a Developer ID Application certificate: the linker's ad-hoc signature names nobody.",
  "signature-invalid": "Sign it again with a valid Developer ID Application certificate.",
  "changed-after-signing":
    "Make signing the last step that touches the file: no strip, no install_name_tool, no packer after it.",
  "not-developer-id": "Sign with a certificate of the kind `Developer ID Application`, exported with its private key.",
  "wrong-team": "Use the certificate and the credentials of one and the same team.",
  "no-hardened-runtime": "Sign with `--options runtime` (codesign) or `--code-signature-flags runtime` (rcodesign).",
  "no-timestamp": "Sign with `--timestamp` (codesign) or `--timestamp-url` (rcodesign), with the network reachable.",
  "get-task-allow": "Remove `com.apple.security.get-task-allow` from the entitlements: it is for debugging only.",
  "old-sdk": "Link with the macOS 10.9 SDK or later, and set `MACOSX_DEPLOYMENT_TARGET`.",
};
