import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import { ZipFile } from "yazl";
import { bundleOf } from "./bundle-layout.ts";
import { Bundles } from "./bundles.ts";
import { checkProduct } from "./check-product.ts";
import { MAX_DEPTH } from "./containers.ts";
import { openProduct } from "./product.ts";

/** The smallest arm64 program: a header and LC_BUILD_VERSION for macOS 12, not signed. */
const PROGRAM = Buffer.from(
  "cffaedfe0c00000100000000020000000100000018000000000000000000000032000000180000000100000000000c0000000c0000000000",
  "hex",
);
const LIBRARY = Buffer.from("!<arch>\n#1/12           0           0     0     100644  20        `\n");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "product-"));
});
afterEach(async () => await rm(folder, { recursive: true }));

async function zip(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(content, name);
  archive.end();
  const parts: Buffer[] = [];
  for await (const part of archive.outputStream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const tar = (name: string, content: Buffer): Buffer => Buffer.concat([tarFile(name, content), TAR_END]);

async function check(name: string, content: Buffer): Promise<{ found: string[]; notChecked: readonly string[] }> {
  await writeFile(path.join(folder, name), content);
  const { problems, notChecked } = await checkProduct(await openProduct(path.join(folder, name)));
  return { found: problems.map(({ code, path: inside }) => `${code} ${inside}`), notChecked };
}

describe("checkProduct", () => {
  test.each<[title: string, name: string, content: () => Promise<Buffer>, found: string]>([
    [
      "a jar in a zip",
      "a.zip",
      async () => zip({ "lib/x.jar": await zip({ "native/t": PROGRAM }) }),
      "lib/x.jar/native/t",
    ],
    ["a zip in a tar.gz", "a.tgz", async () => gzipSync(tar("in/x.whl", await zip({ t: PROGRAM }))), "in/x.whl/t"],
    ["a tar.gz in a zip", "a.zip", async () => zip({ "x.tar.gz": gzipSync(tar("bin/t", PROGRAM)) }), "x.tar.gz/bin/t"],
    ["a compressed program in a zip", "a.zip", async () => zip({ "t.gz": gzipSync(PROGRAM) }), "t.gz"],
    [
      "a jar in a tar in a zip in a tar.gz",
      "a.tgz",
      async () => gzipSync(tar("x.zip", await zip({ "y.tar": tar("z.jar", await zip({ t: PROGRAM })) }))),
      "x.zip/y.tar/z.jar/t",
    ],
  ])("finds a program in %s, and names each step", async (_title, name, content, found) => {
    expect(await check(name, await content())).toEqual({ found: [`unsigned ${found}`], notChecked: [] });
  });

  test("opens nested archives up to a limit, and says where it stopped", async () => {
    let content = await zip({ t: PROGRAM });
    for (let depth = 1; depth < MAX_DEPTH + 2; depth += 1) content = await zip({ "x.zip": content, t: PROGRAM });
    const { found, notChecked } = await check("a.zip", content);
    expect(found.length).toBe(MAX_DEPTH);
    expect(notChecked).toEqual([
      expect.stringMatching(/^a\.zip\/(x\.zip\/){7}x\.zip: it is nested in 8 archives; at most 8 levels are opened$/),
    ]);
  });

  test("reports and skips a file that only looks like an archive, and continues", async () => {
    const { found, notChecked } = await check(
      "a.zip",
      await zip({
        "a.gz": Buffer.from("1f8b0800000000", "hex"),
        "b.jar": Buffer.from("PK\u0003\u0004junk"),
        t: PROGRAM,
      }),
    );
    expect(found).toEqual(["unsigned t"]);
    expect(notChecked).toEqual([
      expect.stringMatching(/^a\.zip\/a\.gz: it looks like a gzip archive and cannot be read/),
      expect.stringMatching(/^a\.zip\/b\.jar: it looks like a zip archive and cannot be read/),
    ]);
  });

  test("reads a zip with a comment by its directory, and reports that", async () => {
    const plain = await zip({ "bin/t": PROGRAM });
    const commented = Buffer.concat([plain, Buffer.from("hello")]);
    commented.writeUInt16LE(5, plain.length - 2);
    const says = expect.stringMatching(
      /^a\.zip: other zip readers may see different files in it \(.*it was read by its directory$/,
    );
    expect(await check("a.zip", commented)).toEqual({ found: ["unsigned bin/t"], notChecked: [says] });
    expect((await check("a.zip", plain)).notChecked).toEqual([]);
    expect((await check("a.zip", plain.subarray(0, -10))).found).toEqual(["unreadable "]);
  });

  test("treats static libraries neither as programs nor as damaged, alone or with other files", async () => {
    expect(await check("lib.a", LIBRARY)).toEqual({ found: [], notChecked: [] });
    expect(await check("a.tgz", gzipSync(tar("lib/x.a", LIBRARY)))).toEqual({ found: [], notChecked: [] });
  });

  test("does not open a disk image, and reports that", async () => {
    const image = Buffer.concat([Buffer.alloc(600), Buffer.from("koly"), Buffer.alloc(508)]);
    expect((await check("a.dmg", image)).notChecked).toEqual(["a.dmg: disk images and installers are not opened"]);
  });

  test("treats any folder with the layout of a bundle as one", async () => {
    await mkdir(path.join(folder, "Synth.vst3/Contents/MacOS"), { recursive: true });
    await writeFile(path.join(folder, "Synth.vst3/Contents/MacOS/Synth"), PROGRAM);
    await mkdir(path.join(folder, "Odd.thing/Contents/MacOS"), { recursive: true });
    for (const name of ["Synth.vst3", "Odd.thing"])
      expect((await openProduct(path.join(folder, name))).kind).toBe("bundle");
    const { problems } = await checkProduct(await openProduct(path.join(folder, "Synth.vst3")));
    expect(problems.map(({ path: inside }) => inside)).toEqual(["Contents/MacOS/Synth"]);
  });
});

describe("bundleOf", () => {
  test.each([
    ["Tool.app/Contents/MacOS/Tool", "Tool.app", "Tool.app/Contents"],
    ["x/Tool.app/Contents/MacOS/helper", "x/Tool.app", "x/Tool.app/Contents"],
    ["A.framework/Versions/A/A", "A.framework", "A.framework/Versions/A"],
    [
      "A.xcframework/ios-arm64/A.framework/A",
      "A.xcframework/ios-arm64/A.framework",
      "A.xcframework/ios-arm64/A.framework",
    ],
    ["Synth.component/Contents/MacOS/Synth", "Synth.component", "Synth.component/Contents"],
  ])("finds the bundle of %s", (file, name, base) => {
    expect(bundleOf(file)).toMatchObject({ name, base });
  });

  test("finds no bundle for a program outside of one", () => {
    expect(bundleOf("bin/tool")).toBeUndefined();
  });
});

describe("Bundles", () => {
  const list = Buffer.from("<plist><dict><key>CFBundleExecutable</key><string>Tool</string></dict></plist>");
  const seal = Buffer.from("<plist><dict/></plist>");
  const sha256 = (bytes: Buffer): Uint8Array => createHash("sha256").update(bytes).digest();
  const HASH = { name: "sha256", algorithm: "sha256", size: 32 } as const;
  const program = (name: string, slots: ReadonlyMap<number, Uint8Array>) => ({
    path: `Tool.app/Contents/MacOS/${name}`,
    architecture: "arm64",
    directory: { hash: HASH, specialHashes: slots },
  });
  const SIGNED = new Map([
    [1, sha256(list)],
    [3, sha256(seal)],
  ]);

  async function findings(
    files: Readonly<Record<string, Buffer>>,
    slots: ReadonlyMap<number, Uint8Array>,
    name = "Tool",
  ): Promise<string[]> {
    const bundles = new Bundles();
    for (const [file, bytes] of Object.entries(files)) bundles.addFile(`Tool.app/Contents/${file}`, bytes);
    bundles.addProgram(program("helper", new Map()));
    bundles.addProgram(program(name, slots));
    return (await bundles.check()).findings.map(({ code, message }) => `${code}: ${message}`);
  }
  const whole = { "Info.plist": list, "_CodeSignature/CodeResources": seal };

  test("finds no problem when Info.plist and seal are the signed ones, with any helpers", async () => {
    expect(await findings(whole, SIGNED)).toEqual([]);
  });

  test.each<
    [title: string, files: Readonly<Record<string, Buffer>>, slots: ReadonlyMap<number, Uint8Array>, found: RegExp]
  >([
    [
      "a different Info.plist",
      { ...whole, "Info.plist": Buffer.concat([list, Buffer.from(" ")]) },
      SIGNED,
      /^changed-after-signing: .*different Info\.plist/,
    ],
    [
      "a different seal",
      { ...whole, "_CodeSignature/CodeResources": list },
      SIGNED,
      /^changed-after-signing: .*different _CodeSignature\/CodeResources/,
    ],
    ["no seal", { "Info.plist": list }, SIGNED, /^changed-after-signing: .*the bundle no longer has/],
    [
      "a program that was signed alone",
      whole,
      new Map([[1, sha256(list)]]),
      /^bundle-not-sealed: was signed alone, without the _CodeSignature/,
    ],
  ])("finds %s", async (_title, files, slots, found) => {
    expect(await findings(files, slots)).toEqual([expect.stringMatching(found)]);
  });

  test("uses the program that a binary Info.plist names", async () => {
    // Written by Python's plistlib: CFBundleExecutable is "Other".
    const head = "62706c6973743030d101025f1012434642756e646c6545786563757461626c65554f74686572080b20";
    const trailer = "0000000000000101000000000000000300000000000000000000000000000026";
    const binary = Buffer.from(head + trailer, "hex");
    const slots = new Map([...SIGNED, [1, sha256(binary)]] as const);
    expect(await findings({ ...whole, "Info.plist": binary }, slots, "Other")).toEqual([]);
    expect(await findings({ ...whole, "Info.plist": binary }, new Map(), "Other")).toHaveLength(2);
    expect(await findings({ ...whole, "Info.plist": binary }, new Map(), "Tool")).toEqual([]);
  });

  test("finds the profile that a restricted entitlement needs", () => {
    const bundles = new Bundles();
    bundles.addFile("Tool.app/Contents/embedded.provisionprofile", Buffer.from("x"));
    expect([bundles.hasProfile("Tool.app/Contents/MacOS/Tool"), bundles.hasProfile("bin/tool")]).toEqual([true, false]);
  });
});
