import { describe, expect, test } from "@jest/globals";
import { BUILT_LEFT, BUILT_RIGHT, causesOf, explain, like } from "./testing/explain.ts";
import { type CraftedPe, type CraftedPeSection, codeView, managedSection, pe } from "./testing/pe.ts";

const compare = async (left: CraftedPe, right: CraftedPe) => await causesOf(pe(left), pe(right));
const section = (name: string, bytes: Uint8Array | string): CraftedPeSection => ({ name, bytes });
const CODE = section(".text", "\x90\x90\xc3");
const [ONE, TWO] = ["00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"] as const;
const [LEFT_TIME, RIGHT_TIME] = ["2023-11-14T22:13:20Z", "2025-11-20T11:00:00Z"];

describe("PE: headers", () => {
  test.each([
    [0x14c, "x86"],
    [0x8664, "x86_64"],
    [0xaa64, "aarch64"],
    [0x1c4, "arm"],
    [0x1234, "machine 0x1234"],
  ])("the machine 0x%s is %s", async (machine, name) => {
    const [left, right] = [pe({ machine, stamp: BUILT_LEFT }), pe({ machine: 0x5064, stamp: BUILT_RIGHT })];
    expect(await causesOf(left, right)).toEqual([["target", "COFF header", name, "machine 0x5064"]]);
    expect(await explain(left, right)).toMatchObject({ format: "pe", parts: [] });
  });

  test("the version of the linker", async () => {
    expect(await compare({ linker: [14, 36] }, { linker: [2, 40] })).toEqual([
      ["toolchain", "optional header, linker version", "14.36", "2.40"],
    ]);
  });

  test("times of the file, of directories and of debug entries", async () => {
    const parts = (stamp: number): CraftedPe => {
      const table = Buffer.alloc(8);
      table.writeUInt32LE(stamp, 4);
      const sections = [CODE, section(".edata", table), section(".rsrc", table)];
      return {
        stamp,
        sections,
        directories: { 0: [0x2000, 8], 2: [0x3000, 8] },
        debug: [
          { type: 13, stamp },
          { type: 12, stamp },
        ],
      };
    };
    const names = [
      "COFF header",
      "export directory",
      "resource directory",
      "debug directory entry 1",
      "debug directory entry 2",
    ];
    const [left, right] = [pe(parts(BUILT_LEFT)), pe(parts(BUILT_RIGHT))];
    const { causes } = await explain(left, right);
    expect(causes).toMatchObject([
      { kind: "timestamp", place: `${names[0]}, TimeDateStamp`, left: LEFT_TIME, right: RIGHT_TIME, count: 5 },
    ]);
    expect(causes[0]?.remedy).toContain("/Brepro");
    for (const [index, name] of names.slice(1).entries()) {
      // Only this time differs.
      const only = pe(parts(BUILT_LEFT));
      const places = [...left.keys()].filter((at) => left.readUInt32LE(Math.min(at, left.length - 4)) === BUILT_LEFT);
      only.writeUInt32LE(BUILT_RIGHT, places[index + 1] ?? 0);
      expect(await causesOf(left, only)).toEqual([["timestamp", `${name}, TimeDateStamp`, LEFT_TIME, RIGHT_TIME]]);
    }
  });

  test("a time on one side only", async () => {
    expect(await compare({ stamp: BUILT_LEFT }, { stamp: 0 })).toEqual([
      ["timestamp", "COFF header, TimeDateStamp", LEFT_TIME, "none"],
    ]);
  });

  test("a hash in place of a time, as an identity", async () => {
    const [one, two] = [0xfedcba98, 0x87654321];
    const expected = [["build-id", "COFF header, TimeDateStamp (a hash, not a time)", "0xfedcba98", "0x87654321"]];
    expect(await compare({ stamp: one }, { stamp: two })).toEqual(expected);
    expect((await explain(pe({ stamp: one }), pe({ stamp: two }))).causes[0]?.remedy).toContain("/Brepro");
    // A time on the other side does not make it a time.
    expect(await compare({ stamp: BUILT_LEFT }, { stamp: two })).toEqual([like("build-id")]);
    const reproducible = (stamp: number): CraftedPe => ({ stamp, debug: [{ type: 16 }] });
    expect(await compare(reproducible(BUILT_LEFT), reproducible(BUILT_RIGHT))).toEqual([like("build-id")]);
    // One reproducible file is enough.
    expect(await compare({ stamp: BUILT_LEFT, debug: [{ type: 12 }] }, reproducible(BUILT_RIGHT))).not.toContainEqual(
      expect.arrayContaining(["timestamp"]),
    );
  });

  test("the path of the PDB file", async () => {
    const file = (path: string): CraftedPe => ({ debug: [codeView(ONE, path)] });
    const [left, right] = [pe(file("C:\\one\\app.pdb")), pe(file("C:\\two\\app.pdb"))];
    expect(await causesOf(left, right)).toEqual([
      ["build-path", "CodeView entry, path of the PDB file", "C:\\one", "C:\\two"],
    ]);
    expect((await explain(left, right)).causes[0]?.remedy).toContain("/PDBALTPATH");
    expect(await compare(file("app1.pdb"), file("app2.pdb"))).toEqual([
      ["embedded-text", "CodeView entry, path of the PDB file", "app1.pdb", "app2.pdb"],
    ]);
    expect((await explain(pe(file("app1.pdb")), pe(file("app2.pdb")))).causes[0]?.remedy).toContain(
      "Find what writes it",
    );
    expect(await compare({ debug: [{ type: 1 }] }, file("app.pdb"))).toContainEqual([
      ...["embedded-text", "CodeView entry, path of the PDB file", "none", "app.pdb"],
    ]);
  });

  test("the id of a .NET module", async () => {
    const file = (guid: string): CraftedPe => ({
      sections: [managedSection(0x1000, guid)],
      directories: { 14: [0x1000, 72] },
    });
    expect(await compare(file(ONE), file(TWO))).toEqual([
      [
        ...["module-id", ".NET metadata, module version id"],
        ...["33221100-5544-7766-8899-aabbccddeeff", "ccddeeff-aabb-8899-7766-554433221100"],
      ],
    ]);
    const native = { sections: [managedSection(0x1000, ONE)] };
    expect(await compare(file(ONE), native)).toContainEqual(
      like("module-id", ".NET metadata, module version id", "33221100-5544-7766-8899-aabbccddeeff", "none"),
    );
  });
});

describe("PE: sections", () => {
  const texts = (folder: string, code: string): CraftedPe => ({
    sections: [
      section(".text", code),
      section(".rdata", `at /home/${folder}/a.rs\0`),
      section(".reloc", code),
      section(".pdata", code),
    ],
  });

  test("a path, from which code differences follow", async () => {
    expect(await compare(texts("one", "aaaa"), texts("two", "bbbb"))).toEqual([
      ["build-path", ".rdata+0x9", "/home/one", "/home/two"],
    ]);
    const { parts } = await explain(pe(texts("one", "aaaa")), pe(texts("two", "bbbb")));
    expect(parts.map(({ name, left, right, differing }) => [name, left, right, differing])).toEqual([
      [".text", 4, 4, 4],
      [".rdata", 18, 18, 3],
      [".reloc", 4, 4, 4],
      [".pdata", 4, 4, 4],
    ]);
  });

  test("code, from which differences in unnamed data follow", async () => {
    const file = (code: string, data: string): CraftedPe => ({
      sections: [section(".text", code), section(".data", data)],
    });
    expect(await compare(file("a", "\x01"), file("b", "\x02"))).toEqual([["code", ".text", "1 byte", "1 byte"]]);
    expect(await compare(file("a", "\x01"), file("a", "\x02"))).toEqual([
      ["content", ".data+0x0", "01 (of 1 byte)", "02 (of 1 byte)"],
    ]);
    expect(await compare(file("a", "\x01"), file("ab", "\x02"))).toEqual([["code", ".text", "1 byte", "2 bytes"]]);
  });

  test("texts in the .text section of a .NET file", async () => {
    const file = (text: string): CraftedPe => {
      const managed = managedSection(0x1000, ONE);
      return {
        sections: [{ ...managed, bytes: Buffer.concat([Buffer.from(managed.bytes), Buffer.from(text)]) }],
        directories: { 14: [0x1000, 72] },
      };
    };
    expect(await compare(file("version 1.2.3"), file("version 1.2.4"))).toEqual([
      like("embedded-text", expect.stringMatching(/^\.text\+0x/), "version 1.2.3", "version 1.2.4"),
    ]);
  });

  test("sections on one side only", async () => {
    const more = { sections: [CODE, section(".more", "1234")] };
    expect(await compare({ sections: [CODE] }, more)).toEqual([
      ["linker-options", "section headers", ".text", ".text .more"],
    ]);
    expect(await compare(more, { sections: [CODE, section(".less", "1234")] })).toEqual([
      ["linker-options", "section headers", ".text .more", ".text .less"],
    ]);
  });

  test("only relocations or unwinding tables, reported as content", async () => {
    const file = (name: string, bytes: string): CraftedPe => ({ sections: [CODE, section(name, bytes)] });
    for (const name of [".reloc", ".pdata"])
      expect(await compare(file(name, "\x01\x02"), file(name, "\x01\x03"))).toEqual([like("content", "0x407")]);
  });
});

describe("PE: identity", () => {
  test("the GUID of the debug information", async () => {
    const file = (guid: string): CraftedPe => ({ debug: [codeView(guid, "app.pdb")] });
    const [left, right] = [pe(file(ONE)), pe(file(TWO))];
    expect(await causesOf(left, right)).toEqual([["build-id", "CodeView entry, GUID", ONE, TWO]]);
    expect((await explain(left, right)).causes[0]?.remedy).toContain("the GUID then follows from the content");
  });

  test("certificates", async () => {
    const file = (certificates?: string): CraftedPe => ({
      sections: [CODE],
      ...(certificates === undefined ? {} : { certificates }),
    });
    expect(await compare(file("one"), file("three"))).toEqual([["signature", "certificates", "3 bytes", "5 bytes"]]);
    expect(await compare(file(), file("three"))).toEqual([["signature", "certificates", "none", "5 bytes"]]);
    expect(await compare(file("1"), file())).toEqual([["signature", "certificates", "1 byte", "none"]]);
    const unsigned = pe(file());
    // Zeros align certificates, up to 15 of them.
    const padded = (count: number): Buffer => {
      const bytes = Buffer.concat([unsigned, Buffer.alloc(count), Buffer.from("cert")]);
      const directory = 0x84 + 20 + 112 + 8 * 4;
      bytes.writeUInt32LE(unsigned.length + count, directory);
      bytes.writeUInt32LE(4, directory + 4);
      return bytes;
    };
    expect(await causesOf(unsigned, padded(15))).toEqual([["signature", "certificates", "none", "4 bytes"]]);
    expect(await causesOf(padded(15), unsigned)).toEqual([["signature", "certificates", "4 bytes", "none"]]);
    expect(await causesOf(unsigned, padded(16))).not.toContainEqual(expect.arrayContaining(["signature"]));
    const other = padded(15);
    other[unsigned.length + 3] = 1;
    expect(await causesOf(unsigned, other)).not.toContainEqual(expect.arrayContaining(["signature"]));
  });

  test("bytes after the certificates, which belong to the file", async () => {
    const signed = (rest: string): Buffer =>
      Buffer.concat([pe({ sections: [CODE], certificates: "cert" }), Buffer.from(rest)]);
    expect(await causesOf(signed("\x01\x02"), signed("\x01\x03"))).toEqual([like("content")]);
  });

  test("only the checksum", async () => {
    expect(await compare({ checksum: 1, sections: [CODE] }, { checksum: 2, sections: [CODE] })).toEqual([
      ["content", "optional header, checksum", "the stored checksum", "another one"],
    ]);
  });

  test("other header fields, which are not an identity", async () => {
    expect(await compare({ subsystem: 2, stamp: 0xfedcba98 }, { subsystem: 3, stamp: 0x87654321 })).toEqual([
      like("content", "0x88"),
    ]);
  });

  test("the bytes of a PE file whose headers point outside it", async () => {
    const whole = pe({ sections: [CODE] });
    const { damage, causes } = await explain(whole, whole.subarray(0, 0x90 + 0x20));
    expect(damage).toMatch(/the headers of the PE file are cut/);
    expect(causes).toMatchObject([{ kind: "content" }]);
  });
});

describe("PE: texts near addresses", () => {
  const utf16 = (text: string): Buffer => Buffer.from(`${text}\0`, "utf16le");
  const code = (address: string): CraftedPeSection => section(".text", `${"c".repeat(40)}${address}${"c".repeat(40)}`);
  const join = (...parts: (Buffer | string)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));

  test("in UTF-16, as in resources", async () => {
    const resource = (version: string, padding = ""): CraftedPeSection =>
      section(".rsrc", join("\x01\x02\x03\x04", utf16("FileVersion"), utf16(version), utf16("CompanyName"), padding));
    expect(
      await compare({ sections: [CODE, resource("built by alice")] }, { sections: [CODE, resource("built by carol")] }),
    ).toEqual([["embedded-text", ".rsrc+0x2e", "built by alice", "built by carol"]]);
    expect(
      await compare(
        { sections: [CODE, resource("2023-11-14 10:00:00")] },
        { sections: [CODE, resource("2025-11-20 10:00:00")] },
      ),
    ).toEqual([like("timestamp", ".rsrc+0x22", "2023-11-14 10:00:00", "2025-11-20 10:00:00")]);
  });

  test("in UTF-16, far from the start of the section", async () => {
    const resource = (version: string): CraftedPeSection =>
      section(".rsrc", join("\x01".repeat(24_000), utf16(version)));
    expect(
      await compare({ sections: [CODE, resource("built by alice")] }, { sections: [CODE, resource("built by carol")] }),
    ).toEqual([["embedded-text", ".rsrc+0x5dd2", "built by alice", "built by carol"]]);
  });

  test("in C strings, from which addresses in data and code follow", async () => {
    const data = (address: string, name: string): CraftedPeSection =>
      section(".rdata", join(address, "\x32\x42\0\0\0\0\0usage\0", name, "\0\0\0"));
    expect(
      await compare({ sections: [code("a"), data("\x01", "alice")] }, { sections: [code("b"), data("\x02", "carol")] }),
    ).toEqual([["embedded-text", ".rdata+0xe", "alice", "carol"]]);
    expect(
      await compare({ sections: [code("a"), data("\x01", "\x05")] }, { sections: [code("b"), data("\x02", "\x05")] }),
    ).toEqual([like("content", ".rdata+0x0")]);
    expect(
      await compare(
        { sections: [code("aaaaa"), data("\x01", "\x05")] },
        { sections: [code("bbbbb"), data("\x02", "\x05")] },
      ),
    ).toEqual([like("code", ".text")]);
  });
});
