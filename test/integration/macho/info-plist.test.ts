import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bestCodeDirectory, checkSigning } from "@release-actions/macho";
import { describeWith } from "../../parts.ts";
import { makeFatBinary } from "../../stand-in/apple/mac-binary.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";
import { embedInfoPlist, INFO_PLIST_OFFSET } from "./patch.ts";

const LIST = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>CFBundleIdentifier</key><string>com.example.embedded</string></dict></plist>
`;

describeWith(WORKSHOP_TOOLS, "the property list in a program (slot 1)", () => {
  let workshop: Workshop;
  let amd64: string;
  let arm64: string;

  beforeAll(async () => {
    workshop = await Workshop.open();
    const embed = async (file: string): Promise<string> =>
      workshop.sign(await workshop.change(file, (bytes) => embedInfoPlist(bytes, LIST)), { adHoc: true });
    amd64 = await embed(await workshop.build("amd64"));
    arm64 = await embed(await workshop.build("arm64"));
  }, 120_000);
  afterAll(() => workshop[Symbol.asyncDispose]());

  /** The findings, without those about the ad-hoc signature and about the changed page. */
  const found = async (file: string): Promise<string[]> =>
    (await checkSigning(await readFile(file))).findings
      .filter(({ code, message }) => code !== "ad-hoc" && !/ of page \d+, at byte /.test(message))
      .map(({ code, architecture, message }) => `${code} ${architecture}: ${message}`);
  /** Changes one letter of the property list, which stays valid. */
  const rename = (file: string): Promise<string> =>
    workshop.change(file, (bytes) => void bytes.write("E", bytes.indexOf("embedded", INFO_PLIST_OFFSET), "latin1"));

  test("rcodesign signs it with slot 1, and there are no findings", async () => {
    const { images } = await checkSigning(await readFile(arm64));
    const [signature] = images.map((image) => image.signature);
    expect(signature && bestCodeDirectory(signature).specialHashes.has(1)).toBe(true);
    expect([await found(arm64), await found(amd64)]).toEqual([[], []]);
  });

  test("names a list that was changed after signing", async () => {
    expect(await found(await rename(arm64))).toEqual([
      "changed-after-signing arm64: was changed after signing: the property list in __TEXT,__info_plist is not the signed one",
    ]);
  });

  test.each([
    ["x86_64", true],
    ["arm64", false],
  ] as const)("in a universal file, names only %s, whose list was changed", async (name, isFirst) => {
    const thin = isFirst ? [await rename(amd64), arm64] : [amd64, await rename(arm64)];
    expect(await found(await makeFatBinary(thin, workshop.fresh()))).toEqual([
      `changed-after-signing ${name}: was changed after signing: the property list in __TEXT,__info_plist is not the signed one`,
    ]);
  });

  test("reports a list that is missing after signing", async () => {
    const without = await workshop.change(arm64, (bytes) => void bytes.write("x", bytes.indexOf("__info_plist")));
    expect(await found(without)).toEqual([
      "separated-from-bundle arm64: was signed as a part of a bundle, whose Info.plist is not with it",
    ]);
  });
});
