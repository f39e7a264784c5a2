import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Authorities, checkSigning, type FindingCode, readMacho, readSignature } from "@release-actions/macho";
import { readAuthorities } from "@release-actions/macos-product";
import { describeWith } from "../../parts.ts";
import { makeFatBinary } from "../../stand-in/apple/mac-binary.ts";
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

  interface Case {
    readonly title: string;
    readonly make: () => Promise<string>;
    readonly code: FindingCode;
    readonly message: RegExp;
  }

  const cases: readonly Case[] = [
    {
      title: "a file that is not signed",
      make: async () => amd64,
      code: "unsigned",
      message: /^is not signed$/,
    },
    {
      title: "the linker's ad-hoc signature",
      make: async () => arm64,
      code: "ad-hoc",
      message: /^is signed ad hoc by the linker, with no certificate$/,
    },
    {
      title: "an ad-hoc signature",
      make: () => workshop.sign(amd64, { adHoc: true }),
      code: "ad-hoc",
      message: /^is signed ad hoc, with no certificate$/,
    },
    {
      title: "no hardened runtime",
      make: () => workshop.sign(arm64, { runtime: false }),
      code: "no-hardened-runtime",
      message: /without the hardened runtime/,
    },
    {
      title: "no secure timestamp",
      make: () => workshop.sign(arm64, { timestampUrl: "none" }),
      code: "no-timestamp",
      message: /without a secure timestamp/,
    },
    {
      title: "a certificate for development",
      make: async () =>
        workshop.sign(arm64, { identity: await workshop.otherIdentity("development", { marker: MAC_DEVELOPMENT }) }),
      code: "not-developer-id",
      message: /is a Mac Development certificate$/,
    },
    {
      title: "a certificate of another kind than Apple's",
      make: async () =>
        workshop.sign(arm64, { identity: await workshop.otherIdentity("unmarked", { marker: "1.2.3.4" }) }),
      code: "not-developer-id",
      message: /is not a Developer ID Application certificate$/,
    },
    {
      title: "an authority that only has Apple's names, with its root",
      make: async () =>
        workshop.sign(arm64, { identity: await workshop.otherIdentity("imitation", APPLE_NAMES), withRoot: true }),
      code: "not-developer-id",
      message:
        /is issued by "Developer ID Certification Authority", whose chain ends in "Apple Root CA", which is not Apple's/,
    },
    {
      title: "a chain without the certificate of its issuer",
      make: () => workshop.sign(arm64, { withoutAuthority: true }),
      code: "incomplete-chain",
      message: /the certificate of "Developer ID Application: Example \(TEAMID1234\)"'s issuer \(.*\) is missing/,
    },
    {
      title: "a timestamp of another authority",
      make: () => workshop.sign(arm64, { timestampUrl: otherTimestamps.url }),
      code: "foreign-timestamp",
      message:
        /has a timestamp from "Example Timestamp Signer" of the authority "Example Timestamp Root", not from Apple/,
    },
    {
      title: "entitlements in the OpenStep form",
      make: () => workshop.sign(arm64, { entitlements: XML_ENTITLEMENTS }).then((file) => asOpenStep(file)),
      code: "entitlements-unreadable",
      message: /the property list is a property list in the old OpenStep form or JSON, not an XML/,
    },
    {
      title: "an entitlement that a bare program cannot have",
      make: () =>
        workshop.sign(arm64, {
          entitlements: XML_ENTITLEMENTS.replace(/com.apple.security[^<]*/, "keychain-access-groups"),
        }),
      code: "restricted-entitlement",
      message: /has the entitlement keychain-access-groups, which macOS grants with a provisioning profile only/,
    },
    {
      title: "another team",
      make: async () =>
        workshop.sign(arm64, { identity: await workshop.otherIdentity("team", { teamId: "OTHERTEAM1" }) }),
      code: "wrong-team",
      message: /^is signed by OTHERTEAM1, expected TEAMID1234$/,
    },
    {
      title: "a team in the code that differs from the certificate's",
      make: () => workshop.sign(arm64, { teamName: "OTHERTEAM1" }),
      code: "wrong-team",
      message: /OTHERTEAM1 \(certificate: TEAMID1234\), expected TEAMID1234/,
    },
    {
      title: "the entitlement to be debugged",
      make: () => workshop.sign(arm64, { entitlements: GET_TASK_ALLOW }),
      code: "get-task-allow",
      message: /get-task-allow/,
    },
    {
      title: "a byte of code changed after signing",
      make: async () => workshop.change(await workshop.sign(arm64), (bytes) => flip(bytes, 0x9001)),
      code: "changed-after-signing",
      message: /the sha256 of page 9, at byte 36864, is not the signed one/,
    },
    {
      title: "entitlements changed after signing",
      make: async () =>
        workshop.change(
          await workshop.sign(arm64, { entitlements: GET_TASK_ALLOW.replace("true", "false") }),
          (bytes) => flip(bytes, bytes.indexOf("com.apple.security") + 3),
        ),
      code: "changed-after-signing",
      message: /^was changed after signing: its entitlements are not the signed ones$/,
    },
    {
      title: "bytes appended after signing",
      make: async () =>
        workshop.change(await workshop.sign(arm64), (bytes) => Buffer.concat([bytes, Buffer.alloc(100, 1)])),
      code: "changed-after-signing",
      message: /100 bytes after its last segment/,
    },
    {
      title: "a code limit that leaves the end unsigned",
      make: async () =>
        workshop.change(await workshop.sign(arm64), async (bytes) => {
          const directory = await codeDirectoryOffset(bytes);
          bytes.writeUInt32BE(4096, directory + 32);
        }),
      code: "changed-after-signing",
      message: /4096 bytes are signed, but it has \d+/,
    },
    {
      title: "a signature stripped after signing",
      make: async () =>
        workshop.change(
          await workshop.sign(amd64),
          (bytes) => void bytes.writeUInt32LE(0x3f, commandOffset(bytes, "LC_CODE_SIGNATURE")),
        ),
      code: "unsigned",
      message: /^is not signed$/,
    },
    {
      title: "an SDK before 10.9",
      make: async () =>
        workshop.sign(await workshop.change(arm64, (bytes) => patchBuildVersion(bytes, { sdk: 0x0a0800 }))),
      code: "old-sdk",
      message: /^was linked with the macOS 10.8 SDK, expected 10.9 or later$/,
    },
    {
      title: "no SDK named at all",
      make: async () =>
        workshop.sign(
          await workshop.change(
            arm64,
            (bytes) => void bytes.writeUInt32LE(0x3f, commandOffset(bytes, "LC_BUILD_VERSION")),
          ),
        ),
      code: "old-sdk",
      message: /does not say which SDK/,
    },
    {
      title: "a certificate that had expired",
      make: async () => workshop.sign(arm64, { identity: await workshop.otherIdentity("expired", { days: -1 }) }),
      code: "signature-invalid",
      message: /when its certificate \(.*\) was not valid$/,
    },
    {
      title: "a changed signature value",
      make: async () =>
        workshop.change(await workshop.sign(arm64, { timestampUrl: "none" }), (bytes) =>
          flip(bytes, lastCmsByte(bytes)),
        ),
      code: "signature-invalid",
      message: /does not belong to its code/,
    },
    {
      title: "a timestamp made for another signature",
      make: async () => workshop.sign(arm64, { timestampUrl: `${workshop.timestamps.url}?stamp=another` }),
      code: "no-timestamp",
      message: /a timestamp that was not made for its signature/,
    },
    {
      title: "a file cut short",
      make: async () => workshop.change(await workshop.sign(arm64), (bytes) => bytes.subarray(0, -5000)),
      code: "damaged",
      message: /the file is cut/,
    },
  ];

  test.each(cases)("names $title: $code", async ({ make, code, message }) => {
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
    for (const { make, code } of cases.filter((candidate) => alone.includes(candidate.code))) {
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
