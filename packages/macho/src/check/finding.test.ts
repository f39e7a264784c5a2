import { expect, test } from "@jest/globals";
import { type FindingCode, findingOf } from "./finding.ts";

/** A tool, setting or certificate that the advice names. */
test.each<[code: FindingCode, level: "error" | "warning", advice: RegExp]>([
  ["damaged", "error", /Build the file again/],
  ["unsigned", "error", /Sign it with a Developer ID Application certificate/],
  ["ad-hoc", "error", /the linker's ad-hoc signature has no signer/],
  ["signature-invalid", "error", /Sign it again/],
  ["changed-after-signing", "error", /Make signing the last step/],
  ["suspicious-layout", "error", /`lipo -create`/],
  ["not-developer-id", "error", /`Developer ID Application`/],
  ["incomplete-chain", "error", /intermediate certificate/],
  ["wrong-team", "error", /of the same team/],
  ["no-hardened-runtime", "error", /`--options runtime`/],
  ["no-timestamp", "error", /`--timestamp`/],
  ["entitlements-unreadable", "error", /`plutil -convert xml1 <file>`/],
  ["get-task-allow", "error", /Remove `com.apple.security.get-task-allow`/],
  ["old-sdk", "error", /`MACOSX_DEPLOYMENT_TARGET`/],
  ["restricted-entitlement", "warning", /`Contents\/embedded.provisionprofile`/],
  ["separated-from-bundle", "warning", /Ship the whole bundle/],
  ["foreign-timestamp", "error", /`--timestamp`/],
  ["not-checked", "warning", /`codesign --verify/],
])("%s has the level %s and advice", (code, level, advice) => {
  expect(findingOf(code, "arm64", "says what is wrong")).toEqual({
    ...{ code, level, architecture: "arm64", message: "says what is wrong", dependsOnBundle: false },
    advice: expect.stringMatching(advice),
  });
  expect(findingOf(code, undefined, "", true).dependsOnBundle).toBe(true);
});
