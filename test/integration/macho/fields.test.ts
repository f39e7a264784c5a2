import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readMacho, readSignature } from "@release-actions/macho";
import { describeWith } from "../../parts.ts";
import { makeFatBinary } from "../../stand-in/apple/mac-binary.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";
import { patchBuildVersion } from "./patch.ts";
import { asRcodesignSays, readByRcodesign } from "./rcodesign-reading.ts";

const ENTITLEMENTS = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>com.apple.security.cs.allow-jit</key><true/>
<key>com.example.list</key><array><string>first</string><integer>-70000</integer><dict><key>deep</key><false/></dict></array>
</dict></plist>`;

describeWith(WORKSHOP_TOOLS, "reading a signature, compared with rcodesign", () => {
  let workshop: Workshop;
  let arm64: string;
  let amd64: string;

  beforeAll(async () => {
    workshop = await Workshop.open();
    [arm64, amd64] = [await workshop.build("arm64"), await workshop.build("amd64")];
  }, 120_000);
  afterAll(() => workshop[Symbol.asyncDispose]());

  const cases: readonly [title: string, make: () => Promise<string>][] = [
    ["the linker's ad-hoc signature", async () => arm64],
    ["an ad-hoc signature of rcodesign", () => workshop.sign(amd64, { adHoc: true, runtime: false })],
    ["a full signature with entitlements", () => workshop.sign(arm64, { entitlements: ENTITLEMENTS })],
    [
      "a signature without a timestamp, flags or entitlements",
      () => workshop.sign(amd64, { timestampUrl: "none", runtime: false }),
    ],
    [
      "several flags and another identifier",
      () =>
        workshop.sign(arm64, {
          extra: [
            "--code-signature-flags",
            "library",
            "--code-signature-flags",
            "kill",
            "--binary-identifier",
            "com.example.hello",
          ],
        }),
    ],
    ["a chain with its root", () => workshop.sign(arm64, { withRoot: true })],
    [
      "two code directories, SHA-1 and SHA-256, for a macOS before 10.11.4",
      async () =>
        await workshop.sign(await workshop.change(amd64, (bytes) => patchBuildVersion(bytes, { minimumOs: 0x0a0900 }))),
    ],
  ];

  test.each(cases)("reads the same fields as rcodesign in %s", async (_title, make) => {
    const file = await make();
    const [image] = readMacho(await readFile(file));
    if (image === undefined) throw new Error("no image");
    const signature = await readSignature(image);
    if (signature === undefined) throw new Error("no signature");
    const [theirs] = await readByRcodesign(file);
    if (theirs === undefined) throw new Error("rcodesign sees no signature");
    const { fields, derEntitlements } = theirs;
    expect(asRcodesignSays(image, signature)).toMatchObject(fields);
    expect(signature.entitlements.der).toEqual(derEntitlements);
  });

  test.each(["fat", "fat64"] as const)(
    "reads each architecture of a %s file as it reads the thin file it came from (B166)",
    async (kind) => {
      const thin = [await workshop.sign(amd64), await workshop.sign(arm64)];
      const fat = await readFile(await makeFatBinary(thin, workshop.fresh()));
      const images = readMacho(kind === "fat" ? fat : widen(fat));
      expect(images.map(({ architecture }) => architecture)).toEqual(["x86_64", "arm64"]);
      for (const [index, image] of images.entries()) {
        const original = await readFile(thin[index] ?? "");
        expect(Buffer.from(image.bytes).equals(original)).toBe(true);
        expect((await cdhash(image.bytes)).length).toBe(40);
        expect(await cdhash(image.bytes)).toBe(await cdhash(original));
      }
    },
  );
});

async function cdhash(bytes: Uint8Array): Promise<string> {
  const [image] = readMacho(bytes);
  const signature = image && (await readSignature(image));
  return signature?.codeDirectories[0].cdhash ?? "";
}

/** The same file with 64-bit entries (mach-o/fat.h); the slices begin far after either header. */
function widen(fat: Buffer): Buffer {
  const wide = Buffer.from(fat);
  wide.writeUInt32BE(0xcafebabf, 0);
  for (let index = 0; index < fat.readUInt32BE(4); index += 1) {
    const [from, to] = [8 + index * 20, 8 + index * 32];
    fat.copy(wide, to, from, from + 8);
    wide.writeBigUInt64BE(BigInt(fat.readUInt32BE(from + 8)), to + 8);
    wide.writeBigUInt64BE(BigInt(fat.readUInt32BE(from + 12)), to + 16);
    wide.writeUInt32BE(fat.readUInt32BE(from + 16), to + 24);
    wide.writeUInt32BE(0, to + 28);
  }
  return wide;
}
