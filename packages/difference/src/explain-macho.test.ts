import { describe, expect, test } from "@jest/globals";
import { BUILT_LEFT, BUILT_RIGHT, causesOf, explain, like } from "./testing/explain.ts";
import { type CraftedMacho, type CraftedMachoSection, fat, macho } from "./testing/macho.ts";

const section = (name: string, bytes: Uint8Array | string, segment = "__TEXT"): CraftedMachoSection => ({
  segment,
  name,
  bytes,
});
const code = (bytes: Uint8Array | string): CraftedMachoSection => section("__text", bytes);
const [ARM64, X86_64, I386] = [0x0100000c, 0x01000007, 7];
const IDS = ["00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"] as const;
const PLAIN: CraftedMacho = { sections: [code("\x1f\x20\x03\xd5")], linkEdit: "symbols" };

const compare = async (left: CraftedMacho, right: CraftedMacho) => await causesOf(macho(left), macho(right));

describe("Mach-O: architectures", () => {
  test("of thin files", async () => {
    const [left, right] = [macho(PLAIN), macho({ ...PLAIN, cpuType: X86_64 })];
    expect(await causesOf(left, right)).toEqual([["slices", "architectures", "arm64", "x86_64"]]);
    expect(await explain(left, right)).toMatchObject({ format: "macho", parts: [] });
  });

  const [one, other] = [macho({ ...PLAIN, uuid: IDS[0] }), macho({ ...PLAIN, uuid: IDS[1] })];
  const intel = macho({ ...PLAIN, cpuType: X86_64 });

  test("that only one fat file has, or that are in a different order", async () => {
    expect(
      await causesOf(
        fat([
          [ARM64, one],
          [X86_64, intel],
        ]),
        fat([[ARM64, other]]),
      ),
    ).toEqual([["slices", "architectures", "arm64, x86_64", "arm64"]]);
    expect(
      await causesOf(
        fat([
          [ARM64, one],
          [X86_64, intel],
        ]),
        fat([
          [X86_64, intel],
          [ARM64, one],
        ]),
      ),
    ).toEqual([["slices", "architectures", "arm64, x86_64", "x86_64, arm64"]]);
  });

  test("of a fat file are compared one by one, in any order", async () => {
    const left = fat([
      [ARM64, one],
      [X86_64, intel],
    ]);
    expect(
      await causesOf(
        left,
        fat([
          [ARM64, other],
          [X86_64, intel],
        ]),
      ),
    ).toEqual([like("build-id", "arm64, LC_UUID")]);
    expect(
      await causesOf(
        left,
        fat([
          [X86_64, intel],
          [ARM64, other],
        ]),
      ),
    ).toEqual([like("slices", "architectures"), like("build-id", "arm64, LC_UUID")]);
    const { parts } = await explain(
      fat([
        [ARM64, one],
        [X86_64, intel],
      ]),
      fat([
        [ARM64, macho({ ...PLAIN, sections: [code("abcd")] })],
        [X86_64, intel],
      ]),
    );
    expect(parts).toEqual([{ name: "__TEXT,__text", left: 5, right: 4, differing: 5 }]);
  });
});

describe("Mach-O: certain causes", () => {
  test("the platform and the SDK", async () => {
    const shown = (sdk: string) => JSON.stringify({ platform: "macos", minimumOs: "11.0", sdk });
    expect(await compare({ ...PLAIN, sdk: 13 }, { ...PLAIN, sdk: 14 })).toEqual([
      ["toolchain", "LC_BUILD_VERSION", shown("13.0"), shown("14.0")],
    ]);
    expect(await compare(PLAIN, { ...PLAIN, sdk: 14 })).toEqual([
      ["toolchain", "LC_BUILD_VERSION", '"none"', shown("14.0")],
    ]);
    expect(await compare({ ...PLAIN, sdk: 14 }, PLAIN)).toEqual([
      ["toolchain", "LC_BUILD_VERSION", shown("14.0"), '"none"'],
    ]);
  });

  test("sections on one side only: debug information, or sections from linker options", async () => {
    const debug = section("__debug_info", "1234", "__DWARF");
    expect(await compare({ sections: [code("a"), debug] }, { sections: [code("a")] })).toEqual([
      ["stripped", "__DWARF,__debug_info", "present", "absent"],
    ]);
    expect(await compare({ sections: [code("a")] }, { sections: [code("b"), section("__const", "1")] })).toEqual([
      ["linker-options", "__TEXT,__const", "absent", "present"],
    ]);
  });

  test("paths and times in texts, even if other things differ", async () => {
    const texts = (folder: string, time: string) => section("__cstring", `/Users/${folder}/a.rs\0built ${time}\0`);
    const left = { sections: [code("aaaa"), texts("one", "2023-11-14 10:00")] };
    const right = { sections: [code("bbbb"), texts("two", "2025-11-20 10:00")] };
    expect(await compare(left, right)).toEqual([
      ["build-path", "__TEXT,__cstring+0x7", "/Users/one", "/Users/two"],
      ["timestamp", "__TEXT,__cstring+0x19", "2023-11-14 10:00", "2025-11-20 10:00"],
    ]);
    expect((await explain(macho(left), macho(right))).parts).toEqual([
      { name: "__TEXT,__text", left: 4, right: 4, differing: 4 },
      { name: "__TEXT,__cstring", left: 39, right: 39, differing: 6 },
    ]);
  });
});

describe("Mach-O: identity", () => {
  test("the UUID", async () => {
    expect(await compare({ ...PLAIN, uuid: IDS[0] }, { ...PLAIN, uuid: IDS[1] })).toEqual([
      ["build-id", "LC_UUID", "00112233-4455-6677-8899-AABBCCDDEEFF", "FFEEDDCC-BBAA-9988-7766-554433221100"],
    ]);
    // A new signature follows from a new UUID.
    const signed = (uuid: string, signature: string): CraftedMacho => ({ ...PLAIN, uuid, signature });
    expect(await compare(signed(IDS[0], "aaaa"), signed(IDS[1], "bbbb"))).toEqual([like("build-id", "LC_UUID")]);
    expect(await compare({ ...PLAIN, uuid: IDS[0] }, { ...PLAIN, uuid: IDS[1], linkEdit: "other!!" })).toEqual([
      like("linker-options", "load commands"),
    ]);
  });

  test("Go's build id in the code, which follows from the build", async () => {
    const go = (id: string, rest = ""): CraftedMacho => ({ sections: [code(`\xff Go build ID: "${id}"\n${rest}`)] });
    expect(await compare({ ...go("one"), uuid: IDS[0] }, { ...go("two"), uuid: IDS[1] })).toEqual([
      like("build-id", "LC_UUID"),
    ]);
    expect(await compare({ ...go("one", "a"), uuid: IDS[0] }, { ...go("two", "b"), uuid: IDS[1] })).toEqual([
      like("code", "__TEXT,__text"),
    ]);
  });

  test.each<[name: string, shape: CraftedMacho]>([
    ["64 bit", {}],
    ["32 bit", { wide: false, cpuType: I386 }],
    ["big-endian", { wide: false, little: false, cpuType: 18 }],
    ["big-endian, 64 bit", { little: false, cpuType: 0x01000012 }],
  ])("the signature, %s", async (_name, shape) => {
    const file = { ...PLAIN, ...shape, uuid: IDS[0] };
    const signed = (signature: string): CraftedMacho => ({ ...file, signature });
    expect(await compare(signed("aaaa"), signed("bbbb"))).toEqual([
      ["signature", "LC_CODE_SIGNATURE", "4 bytes", "4 bytes"],
    ]);
    // Signing adds a load command, which would move the bytes after the commands in this crafted file, and enlarges __LINKEDIT.
    expect(await causesOf(signLater(macho(file), shape), macho(file))).toEqual([
      ["signature", "LC_CODE_SIGNATURE", "5 bytes", "none"],
    ]);
    expect(await causesOf(macho(file), signLater(macho(file), shape))).toEqual([
      ["signature", "LC_CODE_SIGNATURE", "none", "5 bytes"],
    ]);
    expect(await compare(signed("aaaa"), signed("bbbbbbbb"))).toEqual([
      ["signature", "LC_CODE_SIGNATURE", "4 bytes", "8 bytes"],
    ]);
    const padded = (signature: string): Buffer => Buffer.concat([macho(signed(signature)), Buffer.alloc(9)]);
    expect(await causesOf(padded("aaaa"), padded("bbbb"))).toEqual([
      ["signature", "LC_CODE_SIGNATURE", "4 bytes", "4 bytes"],
    ]);
    expect(await compare(signed("aaaa"), { ...signed("bbbb"), linkEdit: "another" })).toEqual([
      like("linker-options", "load commands"),
    ]);
  });
});

test("Mach-O: another address of the segment with the signature, which signing does not change", async () => {
  const [left, right] = [macho({ ...PLAIN, signature: "one" }), macho({ ...PLAIN, signature: "two" })];
  right.writeUInt32LE(1, right.indexOf("__LINKEDIT") - 8 + 28);
  expect(await causesOf(left, right)).toEqual([like("linker-options", "load commands")]);
});

test("Mach-O: bytes behind the signature, which belong to the file", async () => {
  const signed = (rest: string): Buffer => Buffer.concat([macho({ ...PLAIN, signature: "sign" }), Buffer.from(rest)]);
  expect(await causesOf(signed("a"), signed("b"))).toEqual([like("linker-options", "load commands")]);
});

/** Adds a signature of five bytes as `codesign` does: at the end, aligned to 16, with a load command in the free space after the others. */
function signLater(image: Buffer, { wide = true, little = true }: CraftedMacho): Buffer {
  const padded = Buffer.concat([image, Buffer.alloc((16 - (image.length % 16)) % 16)]);
  const read = (at: number): number => (little ? padded.readUInt32LE(at) : padded.readUInt32BE(at));
  const write = (value: number, at: number): void => {
    if (little) padded.writeUInt32LE(value, at);
    else padded.writeUInt32BE(value, at);
  };
  const end = (wide ? 32 : 28) + read(20);
  write(0x1d, end);
  write(16, end + 4);
  write(padded.length, end + 8);
  write(5, end + 12);
  write(read(16) + 1, 16);
  write(read(20) + 16, 20);
  const linkEdit = padded.indexOf("__LINKEDIT") - 8;
  const [low, sizeAt] = [wide && !little ? 4 : 0, wide ? 48 : 36];
  const grown = padded.length + 5 - read(linkEdit + (wide ? 40 : 32) + low);
  write(grown, linkEdit + sizeAt + low);
  write(0x4000, linkEdit + (wide ? 32 : 28) + low);
  return Buffer.concat([padded, Buffer.from("12345")]);
}

describe("Mach-O: causes that depend on the other differences", () => {
  test("a differing text, when the code is equal", async () => {
    const file = (version: string, text = "a"): CraftedMacho => ({
      sections: [code(text), section("__cstring", `version ${version}`)],
    });
    expect(await compare(file("1.2.3"), file("1.2.4"))).toEqual([
      ["embedded-text", "__TEXT,__cstring+0xc", "version 1.2.3", "version 1.2.4"],
    ]);
    expect(await compare(file("1.2.3"), file("1.2.4", "b"))).toEqual([like("code", "__TEXT,__text")]);
  });

  test("code, when a text is part of the code", async () => {
    expect(await compare({ sections: [code("/Users/one/a.rs")] }, { sections: [code("/Users/two/a.rs")] })).toEqual([
      ["code", "__TEXT,__text", "15 bytes", "15 bytes"],
    ]);
  });

  test("times stored as numbers, when nothing else differs", async () => {
    const number = (seconds: number): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(seconds));
      return bytes;
    };
    const data = (seconds: number): CraftedMachoSection => section("__data", number(seconds), "__DATA");
    expect(await compare({ sections: [data(BUILT_LEFT)] }, { sections: [data(BUILT_RIGHT)] })).toEqual([
      like(
        "timestamp",
        "__DATA,__data+0x0",
        expect.stringMatching(/^1700000000 /),
        expect.stringMatching(/^1763636400 /),
      ),
    ]);
    expect(
      await compare({ sections: [code("aa"), data(BUILT_LEFT)] }, { sections: [code("bb"), data(BUILT_RIGHT)] }),
    ).toEqual([like("code", "__TEXT,__text")]);
  });

  test("code, even if data differs too", async () => {
    const file = (text: string, constant: string): CraftedMacho => ({
      sections: [section("__const", constant), code(text)],
    });
    expect(await compare(file("aaaa", "\x01"), file("bbbb", "\x02"))).toEqual([
      ["code", "__TEXT,__text", "4 bytes", "4 bytes"],
    ]);
    expect(await compare(file("a", "\x01\x01"), file("b", "\x02\x02\x02"))).toEqual([
      ["code", "__TEXT,__text", "1 byte", "1 byte"],
    ]);
    expect(await compare(file("a", "x"), file("b", "x"))).toEqual([["code", "__TEXT,__text", "1 byte", "1 byte"]]);
  });

  test("a text, when the code differs only in Go's build id", async () => {
    const file = (id: string, name: string): CraftedMacho => ({
      sections: [code(`Go build ID: "${id.repeat(8)}"${"c".repeat(40)}`), section("__rodata", `built by ${name}\0`)],
    });
    expect(await compare(file("abcd", "alice"), file("efgh", "bob"))).toEqual([
      like("embedded-text", "__TEXT,__rodata+0x9"),
    ]);
  });

  test("a text with two words exchanged, when no other section differs", async () => {
    const file = (text: string): CraftedMacho => ({
      sections: [section("__const", `tool\0${text}\0usage\0`), code("cccc")],
    });
    expect(await compare(file("form.name"), file("name.form"))).toEqual([
      ["embedded-text", "__TEXT,__const+0x5", "form.name", "name.form"],
    ]);
  });

  test("paths with two folders exchanged, when the only other difference is an empty section", async () => {
    const file = (folders: string, ...others: readonly CraftedMachoSection[]): CraftedMacho => ({
      sections: [
        section("__cstring", `/Users/${folders}/x.rs\0usage\0/Users/${folders}/y.rs\0`),
        code("cccc"),
        ...others,
      ],
    });
    const empty = section("__const", "");
    expect(await compare(file("form/name", empty), file("name/form"))).toEqual([
      ["build-path", "__TEXT,__cstring+0x7", "/Users/form/name", "/Users/name/form"],
      ["linker-options", "__TEXT,__const", "present", "absent"],
    ]);
    expect(await compare(file("form/name", section("__const", "1")), file("name/form"))).toEqual([
      ["linker-options", "__TEXT,__const", "present", "absent"],
    ]);
  });

  test("data, when the code differs only in short references to it", async () => {
    const file = (address: string, constant: string): CraftedMacho => ({
      sections: [section("__const", constant), code(`${"c".repeat(40)}${address}${"c".repeat(40)}`)],
    });
    expect(await compare(file("a", "built by alice\0"), file("b", "built by bob\0"))).toEqual([
      ["embedded-text", "__TEXT,__const+0x9", "built by alice", "built by bob"],
    ]);
    expect(await compare(file("a", "\x01\x01"), file("b", "\x02\x02\x02"))).toEqual([
      ["content", "__TEXT,__const+0x0", "01 01 (of 2 bytes)", "02 02 02 (of 3 bytes)"],
    ]);
    expect(await compare(file("aaaaa", "\x01"), file("bbbbb", "\x02"))).toEqual([like("code", "__TEXT,__text")]);
  });

  test("no sections without bytes in the file", async () => {
    const zero = { ...section("__bss", "1234", "__DATA"), isZeroFill: true };
    expect(await compare({ sections: [code("a"), zero] }, { sections: [code("b")] })).toEqual([
      ["code", "__TEXT,__text", "1 byte", "1 byte"],
    ]);
  });

  test("load commands", async () => {
    const [left, right] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)];
    expect(await compare({ ...PLAIN, commands: [[0x2a, left]] }, { ...PLAIN, commands: [[0x26, right]] })).toEqual([
      [
        "linker-options",
        "load commands",
        "LC_SEGMENT_64 LC_SEGMENT_64 LC_SOURCE_VERSION",
        "LC_SEGMENT_64 LC_SEGMENT_64 LC_FUNCTION_STARTS",
      ],
    ]);
  });
});
