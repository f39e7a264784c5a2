import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Authorities, checkSigning, type FindingCode, readMacho, readSignature } from "@release-actions/macho";
import { readAuthorities } from "@release-actions/macos-product";
import { describeWith } from "../../parts.ts";
import type { IdentityOptions } from "../../stand-in/apple/identity.ts";
import { makeFatBinary, type SignOptions } from "../../stand-in/apple/mac-binary.ts";
import { startTimestampServer, type TimestampServer } from "../../stand-in/apple/timestamp-server.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";
import { commandOffset, patchBuildVersion } from "./patch.ts";

const GET_TASK_ALLOW = `<?xml version="1.0"?><plist version="1.0"><dict><key>com.apple.security.get-task-allow</key><true/></dict></plist>`;
const XML_ENTITLEMENTS = GET_TASK_ALLOW.replace("get-task-allow", "cs.allow-jit");
const APPLE_NAMES = { authorityName: "Developer ID Certification Authority", rootName: "Apple Root CA" };
const MAC_DEVELOPMENT = "1.2.840.113635.100.6.1.12";

describeWith(WORKSHOP_TOOLS, "checking a signature before notarization", () => {
  let workshop: Workshop;
  let amd64: string;
  let otherTimestamps: TimestampServer;
  let arm64: string;

  beforeAll(async () => {
    workshop = await Workshop.open();
    [arm64, amd64] = [await workshop.build("arm64"), await workshop.build("amd64")];
    otherTimestamps = await startTimestampServer(workshop.path("other-timestamps"));
  }, 120_000);
  afterAll(async () => {
    await otherTimestamps[Symbol.asyncDispose]();
    await workshop[Symbol.asyncDispose]();
  });

  const check = async (file: string) =>
    await checkSigning(await readFile(file), { teamId: "TEAMID1234", authorities: await authoritiesOf(workshop) });

  test("has no findings for a fully signed program", async () => {
    const report = await check(
      await workshop.sign(arm64, { entitlements: GET_TASK_ALLOW.replace("get-task-allow", "cs.allow-jit") }),
    );
    expect(report.findings).toEqual([]);
    expect(report.images.map(({ image }) => image.architecture)).toEqual(["arm64"]);
  });

  test("lets a program that loads foreign plug-ins be debugged, as Apple does", async () => {
    const both = GET_TASK_ALLOW.replace(
      "<key>",
      "<key>com.apple.security.cs.disable-library-validation</key><true/><key>",
    );
    expect((await check(await workshop.sign(arm64, { entitlements: both }))).findings).toEqual([]);
  });

  /** The program, signed with an identity that differs from the workshop's in these options. */
  const signedBy =
    (name: string, options: IdentityOptions, how: SignOptions = {}) =>
    async (): Promise<string> =>
      workshop.sign(arm64, { ...how, identity: await workshop.otherIdentity(name, options) });
  /** The program, changed after signing. */
  const changed =
    (edit: Parameters<Workshop["change"]>[1], how: SignOptions = {}) =>
    async (): Promise<string> =>
      workshop.change(await workshop.sign(arm64, how), edit);
  const withEntitlements = (entitlements: string) => (): Promise<string> => workshop.sign(arm64, { entitlements });
  const withoutCommand = (bytes: Buffer, command: string): void =>
    void bytes.writeUInt32LE(0x3f, commandOffset(bytes, command));

  const cases: readonly [title: string, code: FindingCode, make: () => Promise<string>, message: RegExp][] = [
    ["a file that is not signed", "unsigned", async () => amd64, /^is not signed$/],
    [
      "the linker's ad-hoc signature",
      "ad-hoc",
      async () => arm64,
      /^is signed ad hoc by the linker, with no certificate$/,
    ],
    [
      "an ad-hoc signature",
      "ad-hoc",
      () => workshop.sign(amd64, { adHoc: true }),
      /^is signed ad hoc, with no certificate$/,
    ],
    [
      "no hardened runtime",
      "no-hardened-runtime",
      () => workshop.sign(arm64, { runtime: false }),
      /without the hardened runtime/,
    ],
    [
      "no secure timestamp",
      "no-timestamp",
      () => workshop.sign(arm64, { timestampUrl: "none" }),
      /without a secure timestamp/,
    ],
    [
      "a certificate for development",
      "not-developer-id",
      signedBy("development", { marker: MAC_DEVELOPMENT }),
      /is a Mac Development certificate$/,
    ],
    [
      "a certificate of another kind than Apple's",
      "not-developer-id",
      signedBy("unmarked", { marker: "1.2.3.4" }),
      /is not a Developer ID Application certificate$/,
    ],
    [
      "an authority that only has Apple's names, with its root",
      "not-developer-id",
      signedBy("imitation", APPLE_NAMES, { withRoot: true }),
      /is issued by "Developer ID Certification Authority", whose chain ends in "Apple Root CA", which is not Apple's/,
    ],
    [
      "a chain without the certificate of its issuer",
      "incomplete-chain",
      () => workshop.sign(arm64, { withoutAuthority: true }),
      /the certificate of "Developer ID Application: Example \(TEAMID1234\)"'s issuer \(.*\) is missing/,
    ],
    [
      "a timestamp of another authority",
      "foreign-timestamp",
      () => workshop.sign(arm64, { timestampUrl: otherTimestamps.url }),
      /has a timestamp from "Example Timestamp Signer" of the authority "Example Timestamp Root", not from Apple/,
    ],
    [
      "entitlements in the OpenStep form",
      "entitlements-unreadable",
      () => withEntitlements(XML_ENTITLEMENTS)().then(asOpenStep),
      /the property list is a property list in the old OpenStep form or JSON, not an XML/,
    ],
    [
      "an entitlement that a bare program cannot have",
      "restricted-entitlement",
      withEntitlements(XML_ENTITLEMENTS.replace(/com.apple.security[^<]*/, "keychain-access-groups")),
      /has the entitlement keychain-access-groups, which macOS grants with a provisioning profile only/,
    ],
    [
      "another team",
      "wrong-team",
      signedBy("team", { teamId: "OTHERTEAM1" }),
      /^is signed by OTHERTEAM1, expected TEAMID1234$/,
    ],
    [
      "a team in the code that differs from the certificate's",
      "wrong-team",
      () => workshop.sign(arm64, { teamName: "OTHERTEAM1" }),
      /OTHERTEAM1 \(certificate: TEAMID1234\), expected TEAMID1234/,
    ],
    ["the entitlement to be debugged", "get-task-allow", withEntitlements(GET_TASK_ALLOW), /get-task-allow/],
    [
      "a byte of code changed after signing",
      "changed-after-signing",
      changed((bytes) => flip(bytes, 0x9001)),
      /the sha256 of page 9, at byte 36864, is not the signed one/,
    ],
    [
      "entitlements changed after signing",
      "changed-after-signing",
      changed((bytes) => flip(bytes, bytes.indexOf("com.apple.security") + 3), {
        entitlements: GET_TASK_ALLOW.replace("true", "false"),
      }),
      /^was changed after signing: its entitlements are not the signed ones$/,
    ],
    [
      "bytes appended after signing",
      "changed-after-signing",
      changed((bytes) => Buffer.concat([bytes, Buffer.alloc(100, 1)])),
      /100 bytes after its last segment/,
    ],
    [
      "a code limit that leaves the end unsigned",
      "changed-after-signing",
      changed(async (bytes) => void bytes.writeUInt32BE(4096, (await codeDirectoryOffset(bytes)) + 32)),
      /4096 bytes are signed, but it has \d+/,
    ],
    [
      "a signature stripped after signing",
      "unsigned",
      async () => workshop.change(await workshop.sign(amd64), (bytes) => withoutCommand(bytes, "LC_CODE_SIGNATURE")),
      /^is not signed$/,
    ],
    [
      "an SDK before 10.9",
      "old-sdk",
      async () => workshop.sign(await workshop.change(arm64, (bytes) => patchBuildVersion(bytes, { sdk: 0x0a0800 }))),
      /^was linked with the macOS 10.8 SDK, expected 10.9 or later$/,
    ],
    [
      "no SDK named at all",
      "old-sdk",
      async () => workshop.sign(await workshop.change(arm64, (bytes) => withoutCommand(bytes, "LC_BUILD_VERSION"))),
      /does not say which SDK/,
    ],
    [
      "a certificate that had expired",
      "signature-invalid",
      signedBy("expired", { days: -1 }),
      /when its certificate \(.*\) was not valid$/,
    ],
    [
      "a changed signature value",
      "signature-invalid",
      changed((bytes) => flip(bytes, lastCmsByte(bytes)), { timestampUrl: "none" }),
      /does not belong to its code/,
    ],
    [
      "a timestamp made for another signature",
      "no-timestamp",
      () => workshop.sign(arm64, { timestampUrl: `${workshop.timestamps.url}?stamp=another` }),
      /a timestamp that was not made for its signature/,
    ],
    ["a file cut short", "damaged", changed((bytes) => bytes.subarray(0, -5000)), /the file is cut/],
  ];

  test.each(cases)("names %s: %s", async (_title, code, make, message) => {
    const { findings } = await check(await make());
    const found = findings.filter((finding) => finding.code === code);
    expect(found).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
    expect(found[0]?.advice).not.toBe("");
  });

  test("each case except the ad-hoc ones has exactly one finding", async () => {
    const alone: FindingCode[] = [
      "no-hardened-runtime",
      "no-timestamp",
      "not-developer-id",
      "get-task-allow",
      "old-sdk",
      "wrong-team",
      "incomplete-chain",
      "foreign-timestamp",
      "restricted-entitlement",
    ];
    for (const [, code, make] of cases.filter(([, candidate]) => alone.includes(candidate))) {
      const { findings } = await check(await make());
      expect(new Set(findings.map((finding) => finding.code))).toEqual(new Set([code]));
    }
  });

  test("names only the faulty architecture of a fat file", async () => {
    const fat = await makeFatBinary(
      [await workshop.sign(amd64), await workshop.sign(arm64, { runtime: false })],
      workshop.fresh(),
    );
    const { findings } = await check(fat);
    expect(findings.map(({ code, architecture }) => [code, architecture])).toEqual([["no-hardened-runtime", "arm64"]]);
  });
});

function authoritiesOf(workshop: Workshop): Promise<Authorities> {
  return readAuthorities(workshop.authorities);
}

/** Replaces the XML property list with one in the OpenStep form, without changing the length of the blob. */
async function asOpenStep(file: string): Promise<string> {
  const bytes = await readFile(file);
  const start = bytes.indexOf("<?xml version", bytes.lastIndexOf(Buffer.from("fade7171", "hex")));
  const end = bytes.indexOf("</plist>", start) + "</plist>".length;
  const list = '{ "com.apple.security.cs.allow-jit" = 1; }';
  bytes.write(list.padEnd(end - start), start, "latin1");
  await writeFile(file, bytes);
  return file;
}

function flip(bytes: Buffer, offset: number): undefined {
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  return undefined;
}

async function codeDirectoryOffset(bytes: Buffer): Promise<number> {
  const [image] = readMacho(bytes);
  const signature = image && (await readSignature(image));
  if (signature === undefined) throw new Error("not signed");
  return signature.codeDirectories[0].bytes.byteOffset - bytes.byteOffset;
}

/** Without unsigned attributes, the value of the signature is the last thing in the CMS. */
function lastCmsByte(bytes: Buffer): number {
  const start = bytes.lastIndexOf(Buffer.from("fade0b01", "hex"));
  return start + bytes.readUInt32BE(start + 4) - 1;
}
