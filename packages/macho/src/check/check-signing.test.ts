import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Authorities, withAuthorities } from "../certificate/authorities.ts";
import { bestCodeDirectory } from "../signature/signature.ts";
import { boolean, context, der, integer, octets, oid, sequence, utcTime, utf8 } from "../testing/der.ts";
import {
  type CmsOptions,
  DEVELOPER_ID_APPLICATION,
  DEVELOPER_ID_AUTHORITY,
  type Identity,
  issue,
  signCms,
  timestampAttribute,
} from "../testing/identity.ts";
import { bigEndianWords } from "../testing/image.ts";
import {
  BLOB,
  blob,
  type CodeFields,
  type DirectoryFields,
  directoryOf,
  signedImageOf,
  superblobOf,
} from "../testing/signed-image.ts";
import { checkSigning, needsSignature } from "./check-signing.ts";
import type { FindingCode } from "./finding.ts";

const TEAM = "TEAMID1234";
const [ADHOC, RUNTIME, LINKER_SIGNED] = [0x2, 0x10000, 0x20000];
const CDHASHES = "1.2.840.113635.100.9.1";
const DIGESTS = "1.2.840.113635.100.9.2";
const SHA256 = "2.16.840.1.101.3.4.2.1";

let authority: Identity;
let leaf: Identity;
let stamps: Identity;
let stampRoot: Identity;
let known: Authorities;

beforeAll(async () => {
  authority = await issue({ subject: { CN: "Authority" }, extensions: [DEVELOPER_ID_AUTHORITY] });
  leaf = await leafOf({});
  stampRoot = await issue({ subject: { CN: "Timestamp Root" } });
  stamps = await issue({ subject: { CN: "Timestamps" }, issuer: stampRoot });
  known = withAuthorities([authority.certificate, stampRoot.certificate]);
});

const leafOf = (options: Partial<Parameters<typeof issue>[0]>): Promise<Identity> =>
  issue({
    subject: { CN: "Developer ID Application: Example", OU: TEAM },
    ...{ issuer: authority, extensions: [DEVELOPER_ID_APPLICATION] },
    ...options,
  });

interface Signing {
  readonly code?: CodeFields;
  readonly directory?: DirectoryFields;
  /** Further code directories. */
  readonly alternates?: readonly DirectoryFields[];
  readonly blobs?: readonly (readonly [slot: number, blob: Uint8Array])[];
  /** Undefined for a signature without a CMS. */
  readonly cms?: ((directory: Uint8Array) => Uint8Array) | undefined;
}

const stamp = (signature: Uint8Array) => [timestampAttribute(signature, stamps, { others: [stampRoot] })];
const cmsOf =
  (options: Partial<CmsOptions> = {}) =>
  (directory: Uint8Array): Buffer =>
    signCms(directory, { identity: leaf, others: [authority], unsigned: stamp, ...options });

/** A program that Apple would notarize, with the given changes. */
function signed(signing: Signing = {}): Buffer {
  const { code, alternates = [], blobs = [], cms = "cms" in signing ? signing.cms : cmsOf() } = signing;
  return signedImageOf((pages) => {
    const special = new Map(blobs.map(([slot, bytes]) => [slot, bytes]));
    const fields = { flags: RUNTIME, teamId: TEAM, special, ...signing.directory };
    const directory = directoryOf(pages, fields);
    const others = alternates.map((alternate, index) => {
      return [0x1000 + index, directoryOf(pages, { ...fields, ...alternate })] as const;
    });
    const wrapper = cms === undefined ? [] : [[0x10000, blob(BLOB.cms, cms(directory))] as const];
    return superblobOf([[0, directory], ...others, ...blobs, ...wrapper]);
  }, code);
}

const check = (bytes: Uint8Array, teamId?: string) => checkSigning(bytes, { authorities: known, teamId });

const entitlements = (...names: string[]): readonly [number, Buffer] => [
  5,
  blob(
    BLOB.entitlements,
    Buffer.from(`<plist><dict>${names.map((name) => `<key>${name}</key><true/>`).join("")}</dict></plist>`),
  ),
];

const cdhash = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest().subarray(0, 20);
const listOf = (...hashes: Uint8Array[]): Buffer => {
  const data = hashes.map((hash) => `<data>${Buffer.from(hash).toString("base64")}</data>`).join("");
  return octets(Buffer.from(`<plist><dict><key>cdhashes</key><array>${data}</array></dict></plist>`));
};

describe("checkSigning", () => {
  test("finds no problem in a program that is signed as Apple requires", async () => {
    const { images, findings } = await check(signed(), TEAM);
    expect(findings).toEqual([]);
    expect(images.map(({ image, signature }) => [image.architecture, signature?.codeDirectories.length])).toEqual([
      ["arm64", 1],
    ]);
  });

  test.each<[title: string, signing: () => Signing]>([
    ["entitlements", () => ({ blobs: [entitlements("com.apple.security.cs.allow-jit")] })],
    [
      "a debuggable plug-in host",
      () => ({
        blobs: [entitlements("com.apple.security.get-task-allow", "com.apple.security.cs.disable-library-validation")],
      }),
    ],
    ["a library without the hardened runtime", () => ({ code: { fileType: 6 }, directory: { flags: 0 } })],
    [
      "a library with a restricted entitlement",
      () => ({ code: { fileType: 6 }, blobs: [entitlements("aps-environment")] }),
    ],
    [
      "an embedded property list",
      () => {
        const infoPlist = "<plist><dict/></plist>";
        return { code: { infoPlist }, directory: { special: new Map([[1, Buffer.from(infoPlist)]]) } };
      },
    ],
    ["an embedded property list that is not signed", () => ({ code: { infoPlist: "<plist><dict/></plist>" } })],
    ["an SDK of 10.9", () => ({ code: { sdk: 0x000a0900 } })],
    [
      "a list of cdhashes",
      () => ({
        cms: (directory) => cmsOf({ attributes: [[CDHASHES, listOf(cdhash(directory))]] })(directory),
      }),
    ],
    [
      "a list of digests",
      () => ({
        cms: (directory) => {
          const hash = createHash("sha256").update(directory).digest();
          return cmsOf({ attributes: [[DIGESTS, sequence(oid(SHA256), octets(hash))]] })(directory);
        },
      }),
    ],
    [
      "a list of digests, one of them of a hash that is not known",
      () => ({
        cms: (directory) => {
          const hash = createHash("sha256").update(directory).digest();
          const unknown = sequence(oid("1.2.3"), octets(Buffer.of(1)));
          return cmsOf({ attributes: [[DIGESTS, unknown, sequence(oid(SHA256), octets(hash))]] })(directory);
        },
      }),
    ],
    [
      "a second code directory, which is listed",
      () => {
        let all: Buffer[] = [];
        const pages = signedImageOf(() => Buffer.alloc(0)).subarray(0, 10_000);
        const fields = { flags: RUNTIME, teamId: TEAM };
        all = [directoryOf(pages, fields), directoryOf(pages, { ...fields, hashType: 1 })];
        const hashes = [
          cdhash(all[0] ?? Buffer.alloc(0)),
          createHash("sha1")
            .update(all[1] ?? "")
            .digest(),
        ];
        return { alternates: [{ hashType: 1 }], cms: cmsOf({ attributes: [[CDHASHES, listOf(...hashes)]] }) };
      },
    ],
  ])("finds no problem in a program with %s", async (_title, signing) => {
    expect((await check(signed(signing()), TEAM)).findings).toEqual([]);
  });

  const flip =
    (at: number) =>
    (bytes: Buffer): Buffer => {
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes;
    };

  interface Case {
    readonly title: string;
    readonly make: () => Buffer | Promise<Buffer>;
    readonly code: FindingCode;
    readonly message: RegExp;
    readonly level?: "warning";
    readonly dependsOnBundle?: true;
  }
  const cases: readonly Case[] = [
    {
      title: "no signature",
      make: () => {
        const bytes = signed();
        bytes.writeUInt8(0x3f, bytes.indexOf(Buffer.from("1d00000010000000", "hex")));
        return bytes;
      },
      code: "unsigned",
      message: /^is not signed$/,
    },
    {
      title: "a broken signature",
      make: () => {
        const bytes = signed();
        return flip(bytes.indexOf(Buffer.from("fade0cc0", "hex")))(bytes);
      },
      code: "damaged",
      message: /^has a code signature that cannot be read: code signature: starts with 0xfbde0cc0/,
    },
    {
      title: "an ad-hoc signature",
      make: () => signed({ directory: { flags: ADHOC | RUNTIME }, cms: undefined }),
      code: "ad-hoc",
      message: /^is signed ad hoc, with no certificate$/,
    },
    {
      title: "the linker's signature",
      make: () => signed({ directory: { flags: ADHOC | LINKER_SIGNED | RUNTIME }, cms: undefined }),
      code: "ad-hoc",
      message: /^is signed ad hoc by the linker, with no certificate$/,
    },
    {
      title: "the flag of an ad-hoc signature together with a certificate",
      make: () => signed({ directory: { flags: ADHOC | RUNTIME } }),
      code: "ad-hoc",
      message: /^is signed ad hoc, with no certificate$/,
    },
    {
      title: "no certificate",
      make: () => signed({ cms: undefined }),
      code: "ad-hoc",
      message: /^is signed ad hoc, with/,
    },
    {
      title: "an unreadable CMS",
      make: () => signed({ cms: () => Buffer.from("no DER") }),
      code: "signature-invalid",
      message: /^has a signature that cannot be read: /,
    },
    {
      title: "no hardened runtime",
      make: () => signed({ directory: { flags: 0 } }),
      code: "no-hardened-runtime",
      message: /^is signed without the hardened runtime$/,
    },
    {
      title: "a second code directory without the hardened runtime",
      make: () => signed({ alternates: [{ hashType: 4, flags: 0 }] }),
      code: "no-hardened-runtime",
      message: /without the hardened runtime/,
    },
    {
      title: "no timestamp",
      make: () => signed({ cms: cmsOf({ unsigned: () => [] }) }),
      code: "no-timestamp",
      message: /^is signed without a secure timestamp$/,
    },
    {
      title: "a timestamp of another signature",
      make: () => signed({ cms: cmsOf({ unsigned: () => stamp(Buffer.from("another")) }) }),
      code: "no-timestamp",
      message: /^has a timestamp that was not made for its signature$/,
    },
    {
      title: "an unreadable timestamp",
      make: () => signed({ cms: cmsOf({ unsigned: () => [["1.2.840.113549.1.9.16.2.14", sequence()]] }) }),
      code: "no-timestamp",
      message: /^has a timestamp that cannot be read: the type of a CMS message is missing$/,
    },
    {
      title: "a timestamp of another authority",
      make: async () => {
        const [root, other] = [
          await issue({ subject: { CN: "Other Root" } }),
          await issue({ subject: { CN: "Other" } }),
        ];
        const signer = await issue({ subject: { CN: "Other" }, issuer: root });
        const unsigned = (signature: Uint8Array) => [timestampAttribute(signature, signer, { others: [root, other] })];
        return signed({ cms: cmsOf({ unsigned }) });
      },
      code: "foreign-timestamp",
      message: /^has a timestamp from "Other" of the authority "Other Root", not from Apple$/,
    },
    {
      title: "a certificate of another kind",
      make: async () => {
        const identity = await leafOf({ extensions: ["1.2.840.113635.100.6.1.12"] });
        return signed({ cms: cmsOf({ identity }) });
      },
      code: "not-developer-id",
      message: /^is not Developer ID code: "Developer ID Application: Example" is a Mac Development certificate$/,
    },
    {
      title: "a chain without its authority",
      make: () => signed({ cms: cmsOf({ others: [] }) }),
      code: "incomplete-chain",
      message: /^is not Developer ID code: the certificate of .* issuer \(CN=Authority\) is missing$/,
    },
    {
      title: "a missing signer's certificate",
      make: () => signed({ cms: cmsOf({ withoutOwn: true }) }),
      code: "signature-invalid",
      message: /^has a signature without the certificate that made it$/,
    },
    {
      title: "a signature of another directory",
      make: () => signed({ cms: () => cmsOf()(Buffer.from("another directory")) }),
      code: "signature-invalid",
      message: /^has a signature that does not belong to its code$/,
    },
    {
      title: "a list of cdhashes without the directory's own",
      make: () => signed({ cms: cmsOf({ attributes: [[CDHASHES, listOf(Buffer.alloc(20, 1))]] }) }),
      code: "signature-invalid",
      message: /^has a code directory that the certificate's owner did not sign$/,
    },
    {
      title: "a second code directory that is not in the list of cdhashes",
      make: () =>
        signed({
          alternates: [{ hashType: 4 }],
          cms: (directory) => cmsOf({ attributes: [[CDHASHES, listOf(cdhash(directory))]] })(directory),
        }),
      code: "signature-invalid",
      message: /^has a code directory that the certificate's owner did not sign$/,
    },
    {
      title: "a list of digests without the directory's own",
      make: () =>
        signed({
          cms: cmsOf({
            attributes: [
              [DIGESTS, sequence(oid("1.2.3"), octets(Buffer.of(1))), sequence(oid(SHA256), octets(Buffer.of(1)))],
            ],
          }),
        }),
      code: "signature-invalid",
      message: /^has a code directory that the certificate's owner did not sign$/,
    },
    {
      title: "only the digest of another directory",
      make: () => signed({ cms: cmsOf({ attributes: [[DIGESTS, sequence(oid(SHA256), octets(Buffer.of(1)))]] }) }),
      code: "signature-invalid",
      message: /^has a code directory that the certificate's owner did not sign$/,
    },
    {
      title: "an unreadable list of cdhashes",
      make: () => signed({ cms: cmsOf({ attributes: [[CDHASHES, octets(Buffer.from("<plist><dict/></plist>"))]] }) }),
      code: "signature-invalid",
      message: /^has a list of signed code directories that cannot be read: the CMS signature lists no cdhashes$/,
    },
    {
      title: "a certificate that had expired when the timestamp was made",
      make: async () => {
        const identity = await leafOf({ notAfter: new Date("2026-02-28T00:00:00Z") });
        return signed({ cms: cmsOf({ identity }) });
      },
      code: "signature-invalid",
      message: /^was signed on 2026-03-01, when its certificate \(2025-01-01 to 2026-02-28\) was not valid$/,
    },
    {
      title: "another team in the code and in the certificate",
      make: async () => {
        const identity = await leafOf({ subject: { CN: "Other", OU: "OTHERTEAM1" } });
        return signed({ directory: { teamId: "OTHERTEAM1" }, cms: cmsOf({ identity }) });
      },
      code: "wrong-team",
      message: /^is signed by OTHERTEAM1, expected TEAMID1234$/,
    },
    {
      title: "another team in the code",
      make: () => signed({ directory: { teamId: "OTHERTEAM1" } }),
      code: "wrong-team",
      message: /^is signed by OTHERTEAM1 \(certificate: TEAMID1234\), expected TEAMID1234$/,
    },
    {
      title: "no team in the code, whose directory is of a version before teams",
      make: () => signed({ directory: { version: 0x20100 } }),
      code: "wrong-team",
      message: /^is signed by no team \(certificate: TEAMID1234\), expected TEAMID1234$/,
    },
    {
      title: "no team in the certificate",
      make: async () => signed({ cms: cmsOf({ identity: await leafOf({ subject: { CN: "Other" } }) }) }),
      code: "wrong-team",
      message: /^is signed by TEAMID1234 \(certificate: no team\), expected TEAMID1234$/,
    },
    {
      title: "a changed page",
      make: () => flip(4096)(signed()),
      code: "changed-after-signing",
      message: /^was changed after signing: the sha256 of page 1, at byte 4096, is not the signed one$/,
    },
    {
      title: "bytes after the signature",
      make: () => Buffer.concat([signed(), Buffer.alloc(3)]),
      code: "changed-after-signing",
      message: /^was changed after signing: there are 3 bytes after its last segment$/,
    },
    {
      title: "a code limit in the middle of the code",
      make: () => signed({ directory: { codeLimit: 8192 } }),
      code: "changed-after-signing",
      message: /^was changed after signing: 8192 bytes are signed, but it has 10000$/,
    },
    {
      title: "changed entitlements",
      make: () => {
        const bytes = signed({ blobs: [entitlements("com.apple.security.cs.allow-jit")] });
        return flip(bytes.indexOf("allow-jit"))(bytes);
      },
      code: "changed-after-signing",
      message: /^was changed after signing: its entitlements are not the signed ones$/,
    },
    {
      title: "a changed property list",
      make: () =>
        signed({
          code: { infoPlist: "<plist><dict/></plist>" },
          directory: { special: new Map([[1, Buffer.from("<plist/>")]]) },
        }),
      code: "changed-after-signing",
      message: /^was changed after signing: the property list in __TEXT,__info_plist is not the signed one$/,
      dependsOnBundle: true,
    },
    {
      title: "a property list outside of the program",
      make: () => signed({ directory: { special: new Map([[1, Buffer.from("<plist/>")]]) } }),
      code: "separated-from-bundle",
      message: /^was signed as a part of a bundle, whose Info.plist is not with it$/,
      level: "warning",
      dependsOnBundle: true,
    },
    {
      title: "the debugging entitlement",
      make: () => signed({ blobs: [entitlements("com.apple.security.get-task-allow")] }),
      code: "get-task-allow",
      message: /^has the entitlement com.apple.security.get-task-allow$/,
    },
    {
      title: "the debugging entitlement in the DER form",
      make: () => {
        const entry = sequence(utf8("com.apple.security.get-task-allow"), boolean(true));
        return signed({ blobs: [[7, blob(BLOB.entitlementsDer, der(0x70, integer(1), context(16, entry)))]] });
      },
      code: "get-task-allow",
      message: /get-task-allow/,
    },
    {
      title: "restricted entitlements",
      make: () =>
        signed({
          blobs: [entitlements("keychain-access-groups", "com.apple.security.cs.allow-jit", "aps-environment")],
        }),
      code: "restricted-entitlement",
      message:
        /^has the entitlement aps-environment, keychain-access-groups, which macOS grants with a provisioning profile only; without one it is killed when it starts$/,
      level: "warning",
      dependsOnBundle: true,
    },
    {
      title: "unreadable entitlements",
      make: () => signed({ blobs: [[5, blob(BLOB.entitlements, Buffer.from("<plist><array/></plist>"))]] }),
      code: "entitlements-unreadable",
      message: /^has entitlements that cannot be read: the property list is not a dictionary$/,
    },
    {
      title: "unreadable requirements",
      make: () => signed({ blobs: [[2, bigEndianWords(BLOB.requirements, 12, 99)]] }),
      code: "not-checked",
      message: /^has a part of its signature that cannot be read: .*99 requirements are more than 32/,
      level: "warning",
    },
    {
      title: "an SDK of 10.8",
      make: () => signed({ code: { sdk: 0x000a0800 } }),
      code: "old-sdk",
      message: /^was linked with the macOS 10.8 SDK, expected 10.9 or later$/,
    },
    {
      title: "no SDK",
      make: () => signed({ code: { sdk: 0 } }),
      code: "old-sdk",
      message: /^does not say which SDK it was linked with; expected macOS 10.9 or later$/,
    },
  ];

  test.each(cases)(
    "names $title, and nothing else",
    async ({ make, code, message, level = "error", dependsOnBundle }) => {
      const { findings } = await check(await make(), TEAM);
      expect(findings).toEqual([
        {
          ...{ code, level, architecture: "arm64", message: expect.stringMatching(message) },
          ...{ advice: expect.stringMatching(/^[A-Z].*\.$/), dependsOnBundle: dependsOnBundle === true },
        },
      ]);
    },
  );

  test("uses the signer's own clock when there is no timestamp", async () => {
    const time = (text: string) =>
      cmsOf({ unsigned: () => [], attributes: [["1.2.840.113549.1.9.5", utcTime(new Date(text))]] });
    const messages = async (text: string) =>
      (await check(signed({ cms: time(text) }))).findings.map(({ message }) => message);
    const noTimestamp = "is signed without a secure timestamp";
    expect(await messages("2025-01-01T00:00:00Z")).toEqual([noTimestamp]);
    expect(await messages("2028-01-01T00:00:00Z")).toEqual([noTimestamp]);
    expect((await messages("2024-12-31T23:59:59Z"))[0]).toMatch(/^was signed on 2024-12-31, when/);
    expect((await messages("2028-01-01T00:00:01Z"))[0]).toMatch(/^was signed on 2028-01-01, when/);
  });

  test("checks the team only when one is expected, and the issuer unless any is allowed", async () => {
    const other = signed({ directory: { teamId: "OTHERTEAM1" } });
    expect((await check(other)).findings).toEqual([]);
    expect((await checkSigning(signed(), { authorities: "any" })).findings).toEqual([]);
    const foreign = (await checkSigning(signed())).findings.map(({ code }) => code);
    expect(foreign).toEqual(["foreign-timestamp", "not-developer-id"]);
  });

  test("does not report an old SDK of an image for another system", async () => {
    const bytes = signed({ code: { sdk: 0x000a0800 } });
    const build = bytes.indexOf(Buffer.from("3200000018000000", "hex"));
    bytes.writeUInt32LE(2, build + 8);
    expect((await check(bytes)).findings.map(({ code }) => code)).toEqual(["changed-after-signing"]);
  });

  test("ignores object files, debug symbols and static libraries", async () => {
    for (const fileType of [1, 4, 10]) {
      const { images, findings } = await check(signed({ code: { fileType, sdk: 0 } }));
      expect([images[0]?.signature, findings]).toEqual([undefined, []]);
    }
    expect(await check(Buffer.from("!<arch>\n"))).toEqual({ images: [], findings: [] });
  });

  test("expects a signature of files that run or are loaded", async () => {
    const needed: boolean[] = [];
    for (const fileType of [2, 6, 7, 8, 11, 1, 9, 10, 12]) {
      const [report] = (await check(signed({ code: { fileType } }))).images;
      if (report !== undefined) needed.push(needsSignature(report.image));
    }
    expect(needed).toEqual([true, true, true, true, true, false, false, false, false]);
  });

  test("reports a file that cannot be read", async () => {
    const { images, findings } = await check(Buffer.from("#!/bin/sh"));
    expect(images).toEqual([]);
    expect(findings).toMatchObject([
      {
        code: "damaged",
        architecture: undefined,
        message: "cannot be read: not a Mach-O file: it is a script (at byte 0)",
      },
    ]);
  });

  /** A fat file of slices, each on a page of 4096 bytes. */
  function fatOf(...slices: readonly (readonly [cpuType: number, bytes: Buffer])[]): Buffer {
    let offset = 4096;
    const entries = slices.flatMap(([cpuType, bytes]) => {
      const entry = [cpuType, 0, offset, bytes.length, 12];
      offset += Math.ceil(bytes.length / 4096) * 4096;
      return entry;
    });
    const padded = slices.map(([, bytes], index) =>
      index === slices.length - 1
        ? bytes
        : Buffer.concat([bytes, Buffer.alloc(Math.ceil(bytes.length / 4096) * 4096 - bytes.length)]),
    );
    const header = bigEndianWords(0xcafebabe, slices.length, ...entries);
    return Buffer.concat([header, Buffer.alloc(4096 - header.length), ...padded]);
  }
  const [arm64, amd64] = [0x0100000c, 0x01000007];

  test("checks each architecture of a fat file separately", async () => {
    const other = signed({ code: { cpuType: amd64 }, directory: { flags: 0 } });
    const { images, findings } = await check(fatOf([amd64, other], [arm64, signed()]));
    expect(images.map(({ image }) => image.architecture)).toEqual(["x86_64", "arm64"]);
    expect(findings.map(({ code, architecture }) => [code, architecture])).toEqual([["no-hardened-runtime", "x86_64"]]);
    const broken = await check(fatOf([amd64, Buffer.alloc(64, 1)], [arm64, signed()]));
    expect([broken.images.length, broken.findings]).toMatchObject([
      1,
      [{ code: "damaged", architecture: "x86_64", message: /^cannot be read: not a Mach-O image/ }].map((one) => ({
        ...one,
        message: expect.stringMatching(one.message),
      })),
    ]);
    expect(await check(fatOf([amd64, Buffer.from("!<arch>\n")], [arm64, signed()]))).toMatchObject({ findings: [] });
  });

  test("reports bytes of a signed fat file that no signature covers", async () => {
    const more = Buffer.concat([fatOf([arm64, signed()]), Buffer.alloc(5)]);
    expect((await check(more)).findings).toMatchObject([
      {
        ...{ code: "suspicious-layout", level: "error", architecture: undefined },
        message: "has 5 B after its last architecture, which no signature covers",
      },
    ]);
    const objects = Buffer.concat([fatOf([arm64, signed({ code: { fileType: 1 } })]), Buffer.alloc(5)]);
    expect((await check(objects)).findings).toEqual([]);
  });
});

test("bestCodeDirectory returns the directory with the strongest hash, in the kernel's order (cs_blobs.h)", async () => {
  const best = async (...hashTypes: (1 | 2 | 3 | 4 | 5)[]): Promise<string | undefined> => {
    const [hashType = 2, ...others] = hashTypes;
    const alternates = others.map((other) => ({ hashType: other }));
    const [report] = (await check(signed({ directory: { hashType }, alternates }))).images;
    return report?.signature && bestCodeDirectory(report.signature).hash.name;
  };
  expect([await best(1), await best(1, 3), await best(3, 1, 2), await best(4, 2), await best(4, 5, 1)]).toEqual([
    ...["sha1", "sha256-truncated", "sha256", "sha384", "sha512"],
  ]);
});
