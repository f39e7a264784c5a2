import { describe, expect, test } from "@jest/globals";
import { buildId, type CraftedSection, elf, frames, note, SHF_EXECINSTR, SHT_NOBITS, symbols } from "./testing/elf.ts";
import { BUILT_LEFT, BUILT_RIGHT, causesOf, explain, like, type Told } from "./testing/explain.ts";

const code = (bytes: Uint8Array | string, name = ".text"): CraftedSection => ({
  name,
  bytes,
  flags: SHF_EXECINSTR | 2,
});
const section = (name: string, bytes: Uint8Array | string): CraftedSection => ({ name, bytes });
const rodata = (bytes: Uint8Array | string): CraftedSection => section(".rodata", bytes);
/** The causes between two ELF files with these sections. */
async function compare(left: readonly CraftedSection[], right: readonly CraftedSection[]): Promise<Told[]> {
  return await causesOf(elf({ sections: left }), elf({ sections: right }));
}
const TEXT = code("\x90\x90\x90\xc3");

describe("ELF: the target", () => {
  test.each([
    ["another machine", { machine: 183 }, "aarch64, 64 bit, little-endian"],
    ["a 32-bit file", { wide: false }, "x86-64, 32 bit, little-endian"],
    ["another byte order", { little: false }, "x86-64, 64 bit, big-endian"],
  ])("%s is the only cause", async (_name, parts, shown) => {
    const [left, right] = [elf({ sections: [TEXT] }), elf({ ...parts, sections: [rodata("/home/a/x.c")] })];
    expect(await causesOf(left, right)).toEqual([["target", "ELF header", "x86-64, 64 bit, little-endian", shown]]);
    expect(await explain(left, right)).toMatchObject({ format: "elf", parts: [] });
  });
});

describe("ELF: the toolchain", () => {
  test("is reported with the parts of `.comment` that only one side has", async () => {
    const [left, right] = ["GCC: 12\0LLD 17\0rustc 1.80\0", "GCC: 13\0LLD 17\0"];
    expect(await compare([section(".comment", left)], [section(".comment", right)])).toEqual([
      ["toolchain", ".comment", "GCC: 12; rustc 1.80", "GCC: 13"],
    ]);
    expect(await compare([section(".comment", "LLD 17\0GCC: 12\0")], [section(".comment", "GCC: 12\0")])).toEqual([
      ["toolchain", ".comment", "LLD 17", "-"],
    ]);
    expect(await compare([section(".comment", "GCC: 12\0")], [section(".comment", "LLD 17\0GCC: 12\0")])).toEqual([
      ["toolchain", ".comment", "-", "LLD 17"],
    ]);
  });

  test("is gold when only one side has its note", async () => {
    const gold = note(".note.gnu.gold-version", "GNU", 4, Buffer.from("gold 1.16"));
    expect(await compare([TEXT], [TEXT, gold])).toEqual([
      ["toolchain", ".note.gnu.gold-version", "another linker", "gold"],
    ]);
    expect(await compare([TEXT, gold], [TEXT])).toEqual([
      ["toolchain", ".note.gnu.gold-version", "gold", "another linker"],
    ]);
    expect(await compare([gold, rodata("/home/one/a.c")], [gold, rodata("/home/two/a.c")])).toEqual([
      like("build-path", ".rodata+0x6", "/home/one", "/home/two"),
    ]);
  });

  test("explains code and times; paths and symbols remain separate causes", async () => {
    const [left, right] = [
      [section(".comment", "A\0"), code("aaaa"), rodata("/home/one/a.c\0built 2023-11-14 10:00\0"), ...symbols([])],
      [section(".comment", "B\0"), code("bbbb"), rodata("/home/two/a.c\0built 2025-11-20 10:00\0")],
    ];
    expect((await compare(left, right)).map(([kind]) => kind)).toEqual(["toolchain", "build-path", "stripped"]);
  });
});

describe("ELF: texts", () => {
  test("a path, a time and symbols on one side only are three causes", async () => {
    const left = [rodata("/home/one/a.c\0built 2023-11-14 10:00\0"), ...symbols([]), section(".debug_info", "1234")];
    const right = [rodata("/home/two/a.c\0built 2025-11-20 10:00\0"), section(".debug_info", "1234")];
    expect(await compare(left, right)).toEqual([
      ["build-path", ".rodata+0x6", "/home/one", "/home/two"],
      ["timestamp", ".rodata+0x17", "2023-11-14 10:00", "2025-11-20 10:00"],
      ["stripped", "section headers", ".symtab .strtab", "none of them"],
    ]);
    const strings = [section(".debug_str", "x"), section(".gnu_debuglink", "d"), section(".gdb_index", "i")];
    expect(await compare([TEXT], [TEXT, ...strings])).toEqual([
      ["stripped", "section headers", "none of them", ".debug_str .gnu_debuglink .gdb_index"],
    ]);
  });

  test("sections without bytes in the file count as stripped", async () => {
    const empty: CraftedSection = { name: ".debug_info", bytes: "1234", type: SHT_NOBITS };
    expect(await compare([TEXT, empty], [TEXT, section(".debug_info", "1234")])).toEqual([
      ["stripped", "section headers", "none of them", ".debug_info"],
    ]);
  });

  test.each([
    ".debug_str",
    ".debug_line_str",
    ".debug_line",
    ".zdebug_str",
    ".data",
    ".data.debug_info",
    ".go.buildinfo",
  ])("a path in %s is found", async (name) => {
    const sides = ["/home/one/src/a.c", "/home/two/src/a.c"].map((text) => [section(name, text)]);
    expect(await compare(sides[0] ?? [], sides[1] ?? [])).toEqual([
      ["build-path", `${name}+0x6`, "/home/one", "/home/two"],
    ]);
  });

  test.each([".debug_info", ".debug_str_offsets", ".zdebug_info", ".strtab", ".dynstr", ".note.x", ".eh_frame_hdr"])(
    "texts in %s are not reported",
    async (name) => {
      const sides = ["/home/one/src/a.c", "/home/two/src/a.c"].map((text) => [section(name, text)]);
      expect((await compare(sides[0] ?? [], sides[1] ?? [])).map(([kind]) => kind)).toEqual(["code"]);
    },
  );

  test("bytes of code that look like a path are code", async () => {
    expect(await compare([code("/home/one/a.c")], [code("/home/two/a.c")])).toEqual([
      ["code", ".text", "13 bytes", "13 bytes"],
    ]);
  });

  test("a text is the cause when only data differs", async () => {
    const [left, right] = ["version 1.2.3\0by", "version 1.2.4\0by"];
    const expected = ["embedded-text", ".rodata+0xc", "version 1.2.3", "version 1.2.4"];
    expect(await compare([TEXT, rodata(left)], [TEXT, rodata(right)])).toEqual([expected]);
    expect(await compare([TEXT, section(".data", left)], [TEXT, section(".data", right)])).toEqual([
      ["embedded-text", ".data+0xc", "version 1.2.3", "version 1.2.4"],
    ]);
    expect((await compare([TEXT, rodata(left)], [code("\xcc"), rodata(right)])).map(([kind]) => kind)).toEqual([
      "code",
    ]);
    // Texts in debug information follow from the code.
    const debug = [section(".debug_str", left), section(".zdebug_str", left)];
    const other = [section(".debug_str", right), section(".zdebug_str", left)];
    expect((await compare([TEXT, ...debug], [TEXT, ...other])).map(([kind]) => kind)).toEqual(["code"]);
    const zipped = [section(".debug_str", left), section(".zdebug_str", right)];
    expect((await compare([TEXT, ...debug], [TEXT, ...zipped])).map(([kind]) => kind)).toEqual(["code"]);
  });

  test("a text is the cause when addresses moved but all functions have the same size", async () => {
    const left = [code("aaaa"), frames([16, 32]), rodata("version 1.2.3\0")];
    const right = [code("bbbb"), frames([16, 32]), rodata("version 1.2.4\0")];
    expect((await compare(left, right)).map(([kind]) => kind)).toEqual(["embedded-text"]);
  });

  test("a text is the cause when at most three functions changed their size", async () => {
    const text = (version: string): CraftedSection => rodata(`version ${version}\0`);
    const [few, more] = [
      [16, 32, 48, 64, 80],
      [17, 33, 49, 65, 80],
    ];
    const kinds = async (left: number[], right: number[]): Promise<unknown[]> =>
      (await compare([code("aaaaa"), frames(left), text("1.2.3")], [code("bbbbb"), frames(right), text("1.2.4")])).map(
        ([kind]) => kind,
      );
    expect(await kinds([...few.slice(0, 3), 65, 80], [...more.slice(0, 3), 65, 80])).toEqual(["embedded-text"]);
    expect(await kinds(few, more)).toEqual(["code"]);
  });

  test("read-only data that differs next to a text is reported with it", async () => {
    const [left, right] = ["version 1.2.3\0\x01\x02", "version 1.2.4\0\x01\x03"];
    expect(await compare([rodata(left)], [rodata(right)])).toEqual([
      ["embedded-text", ".rodata+0xc", "version 1.2.3", "version 1.2.4"],
      ["content", ".rodata+0xf", "16 bytes", "16 bytes"],
    ]);
    // Writable data contains addresses, which follow from other sections.
    expect(await compare([section(".data", left)], [section(".data", right)])).toEqual([
      ["embedded-text", ".data+0xc", "version 1.2.3", "version 1.2.4"],
    ]);
    // A longer text moves the bytes after it.
    expect(await compare([rodata("version 1.2.3\0\x01\x02")], [rodata("version 1.2.10\0\x01\x03")])).toEqual([
      ["embedded-text", ".rodata+0xc", "version 1.2.3", "version 1.2.10"],
    ]);
    expect(await compare([rodata("version 1.2.3\0\x01\x02")], [rodata("version 1.2.4\0\x01\x02\x03")])).toEqual([
      ["embedded-text", ".rodata+0xc", "version 1.2.3", "version 1.2.4"],
    ]);
  });
});

describe("ELF: the build id", () => {
  const [left, right] = [buildId("aaaa1111"), buildId("bbbb2222")];
  const expected = [["build-id", ".note.gnu.build-id", "aaaa1111", "bbbb2222"]];

  test("is the cause when nothing else differs", async () => {
    expect(await compare([TEXT, left], [TEXT, right])).toEqual(expected);
    expect(await explain(elf({ sections: [TEXT, left] }), elf({ sections: [TEXT, right] }))).toMatchObject({
      parts: [{ name: ".note.gnu.build-id", left: 20, right: 20, differing: 4 }],
    });
  });

  test("is the cause when only the debug link that contains it differs as well", async () => {
    const sides = [section(".gnu_debuglink", "aaaa.debug"), section(".gnu_debuglink", "bbbb.debug")] as const;
    expect(await compare([TEXT, left, sides[0]], [TEXT, right, sides[1]])).toEqual(expected);
  });

  test("is the cause when only Go's own build id differs as well, in the code and in a note", async () => {
    const go = (id: string, rest = ""): CraftedSection[] => [
      code(`\xff Go build ID: "${id}"\n \xff${rest}`),
      note(".note.go.buildid", "Go", 4, Buffer.from(id)),
    ];
    expect(await compare([...go("id/one"), left], [...go("id/two"), right])).toEqual(expected);
    expect(await compare([...go("id/one", "\x90"), left], [...go("id/two", "\xcc"), right])).toEqual([like("code")]);
    expect(
      await compare([code('Go build ID: "id/one"', ".init"), left], [code('Go build ID: "id/two"', ".init"), right]),
    ).toEqual([like("code", ".init")]);
  });

  test("is not the cause when something else differs or a section is added", async () => {
    expect(await compare([rodata("\0\x01"), left], [rodata("\0\x02"), right])).toEqual([
      like("content", ".rodata+0x1"),
    ]);
    expect(await compare([TEXT, left], [TEXT, section(".more", "x"), right])).toEqual([like("code")]);
    expect(await compare([section(".got", "a"), left], [section(".got", "b"), right])).toEqual([like("code")]);
    const tag = (version: number) => note(".note.ABI-tag", "GNU", 1, Buffer.from([version]));
    expect(await compare([TEXT, left, tag(1)], [TEXT, left, tag(2)])).toEqual([
      ["code", ".note.ABI-tag", "20 bytes", "20 bytes"],
    ]);
  });
});

describe("ELF: the order of functions", () => {
  const at = (...sizes: readonly (readonly [name: string, size: number])[]) => {
    let address = 0x1000;
    return symbols(
      sizes.map(([name, size]) => {
        address += 0x100;
        return { name, address, size };
      }),
    );
  };

  test("is reported with their names and sizes", async () => {
    const left = [code("abcde"), ...at(["main", 1], ["f", 4], ["g", 8], ["h", 9], ["i", 10])];
    const right = [code("acbde"), ...at(["main", 1], ["g", 8], ["f", 4], ["h", 9], ["i", 10])];
    expect(await compare(left, right)).toEqual([
      ["codegen-order", ".text", "f (4 bytes), g (8 bytes), h (9 bytes)", "g (8 bytes), f (4 bytes), h (9 bytes)"],
    ]);
  });

  test("is reported with their sizes when there are no names", async () => {
    expect(await compare([code("ab"), frames([16, 32, 1, 64])], [code("ba"), frames([16, 1, 32, 64])])).toEqual([
      ["codegen-order", ".text", "32 bytes, 1 byte, 64 bytes", "1 byte, 32 bytes, 64 bytes"],
    ]);
    // Names on one side are not enough.
    const named = at(["f", 4], ["g", 8]);
    expect(await compare([code("ab"), frames([16, 32]), ...at()], [code("ba"), frames([32, 16]), ...named])).toEqual([
      like("codegen-order", ".text", "16 bytes, 32 bytes", "32 bytes, 16 bytes"),
    ]);
  });

  test("is their order by address, not their order in the symbol table", async () => {
    const [f, g] = [
      { name: "f", address: 0x1000, size: 4 },
      { name: "g", address: 0x2000, size: 4 },
    ];
    expect(await compare([code("ab"), ...symbols([f, g])], [code("ba"), ...symbols([g, f])])).toEqual([like("code")]);
    // Two names of one function may be listed in any order.
    const alias = { ...f, name: "alias" };
    expect(await compare([code("ab"), ...symbols([f, alias])], [code("ba"), ...symbols([alias, f])])).toEqual([
      like("code"),
    ]);
    const cold = { name: "cold", address: 0x10, size: 4, section: 2 };
    expect(await compare([code("ab"), ...symbols([f, cold])], [code("ba"), ...symbols([cold, f])])).toEqual([
      like("code"),
    ]);
  });

  test("ignores symbols that are not functions of the file", async () => {
    const [f, g] = [
      { name: "f", address: 0x1000, size: 4 },
      { name: "g", address: 0x2000, size: 4 },
    ];
    const swap = (fields: object) => [
      [code("ab"), ...symbols([f, { ...g, ...fields }])],
      [
        code("ba"),
        ...symbols([
          { ...f, address: 0x3000 },
          { ...g, ...fields },
        ]),
      ],
    ];
    for (const fields of [{ type: 1 }, { section: 0 }]) {
      const [left = [], right = []] = swap(fields);
      expect(await compare(left, right)).toEqual([like("code")]);
    }
  });

  test("is not the cause when functions differ or there is only one", async () => {
    const several: readonly (readonly [number[], number[]])[] = [
      [
        [16, 32],
        [16, 33],
      ],
      [[16, 32], [32]],
      [[16], [32]],
    ];
    for (const [left, right] of several) {
      expect(await compare([code("ab"), frames(left)], [code("ba"), frames(right)])).toEqual([like("code")]);
    }
  });
});

describe("ELF: other causes", () => {
  const number = (seconds: number): Buffer => {
    const bytes = Buffer.alloc(16);
    bytes.writeBigUInt64LE(BigInt(seconds), 8);
    return bytes;
  };

  test("times stored as numbers are the cause when each differing section contains one", async () => {
    const [left, right] = [number(BUILT_LEFT), number(BUILT_RIGHT)];
    const shown = [
      `${BUILT_LEFT} (2023-11-14T22:13:20.000Z in seconds)`,
      `${BUILT_RIGHT} (2025-11-20T11:00:00.000Z in seconds)`,
    ];
    expect(await compare([section(".data", left)], [section(".data", right)])).toEqual([
      ["timestamp", ".data+0x8", ...shown],
    ]);
    const more = [section(".data", left), rodata(left)];
    expect(await compare(more, [section(".data", right), rodata(right)])).toEqual([like("timestamp", ".data+0x8")]);
    expect(
      (await explain(elf({ sections: more }), elf({ sections: [section(".data", right), rodata(right)] }))).causes,
    ).toMatchObject([{ count: 2 }]);
    expect(await compare([section(".data", left), code("a")], [section(".data", right), code("b")])).toEqual([
      like("code", ".data"),
    ]);
  });

  test("read-only data next to the same functions is reported with its first differing bytes", async () => {
    const sides = ["\x01\x02\x03\x04", "\x01\x02\xff\x04"] as const;
    const left = [code("ab"), frames([16, 32]), rodata(Buffer.from(sides[0], "latin1"))];
    const right = [code("ac"), frames([16, 32]), rodata(Buffer.from(sides[1], "latin1"))];
    expect(await compare(left, right)).toEqual([
      ["content", ".rodata+0x2", "03 04 (of 4 bytes)", "ff 04 (of 4 bytes)"],
    ]);
    // Without a list of functions, the cause is code.
    expect(await compare([code("ab"), left[2] ?? TEXT], [code("ac"), right[2] ?? TEXT])).toEqual([like("code")]);
  });

  test("different code is reported for the section with the most differing bytes", async () => {
    const sections = (text: string, data: string): CraftedSection[] => [section(".data", data), code(text)];
    expect(await compare(sections("aaaa", "\x01"), sections("bbbbb", "\x02"))).toEqual([
      ["code", ".text", "4 bytes", "5 bytes"],
    ]);
    expect(await compare(sections("a", "\x01\x01"), sections("b", "\x02\x02"))).toEqual([
      ["code", ".data", "2 bytes", "2 bytes"],
    ]);
    expect(await compare(sections("a", "\x01"), sections("b", "\x01"))).toEqual([
      ["code", ".text", "1 byte", "1 byte"],
    ]);
  });

  test("a difference only in the headers is reported as code", async () => {
    expect(await causesOf(elf({ entry: 1, sections: [TEXT] }), elf({ entry: 2, sections: [TEXT] }))).toEqual([
      ["code", "headers", "0 bytes", "0 bytes"],
    ]);
  });

  test("each differing section is listed, even one that only one side has", async () => {
    const left = [
      code("abcd"),
      section(".same", "s"),
      section(".left", "123"),
      section(".twice", "a"),
      section(".twice", "b"),
    ];
    const right = [
      code("abxy"),
      section(".same", "s"),
      section(".right", "12"),
      section(".twice", "a"),
      section(".twice", "c"),
    ];
    const { parts } = await explain(elf({ sections: left }), elf({ sections: right }));
    expect(parts.filter(({ name }) => name !== ".shstrtab")).toEqual([
      { name: ".text", left: 4, right: 4, differing: 2 },
      { name: ".twice", left: 1, right: 1, differing: 1 },
      { name: ".left", left: 3, right: 0, differing: 3 },
      { name: ".right", left: 0, right: 2, differing: 2 },
    ]);
  });

  test("a section without bytes in one file is not compared", async () => {
    const empty: CraftedSection = { name: ".bss", bytes: "1234", type: SHT_NOBITS };
    const { parts } = await explain(
      elf({ sections: [code("a"), empty] }),
      elf({ sections: [code("b"), section(".bss", "1234")] }),
    );
    expect(parts).toEqual([{ name: ".text", left: 1, right: 1, differing: 1 }]);
  });
});

describe("ELF: data is not code", () => {
  const long = (address: string): CraftedSection => code(`${"c".repeat(40)}${address}${"c".repeat(40)}`);

  test("data is reported with its bytes when the code is equal or only refers to it", async () => {
    const data = (bytes: string): CraftedSection => section(".data", bytes);
    const told: Told = ["content", ".data+0x2", "05 (of 3 bytes)", "06 (of 3 bytes)"];
    expect(await compare([TEXT, data("\x01\x01\x05")], [TEXT, data("\x01\x01\x06")])).toEqual([told]);
    expect(await compare([long("a"), data("\x01\x01\x05")], [long("b"), data("\x01\x01\x06")])).toEqual([told]);
    expect(await compare([long("aaaaa"), data("\x01")], [long("bbbbb"), data("\x02")])).toEqual([
      like("code", ".text"),
    ]);
  });

  test("a differing text explains code that refers to it", async () => {
    const text = (name: string): CraftedSection => rodata(`tool\0built by ${name}\0usage\0`);
    expect(await compare([long("a"), text("alice")], [long("b"), text("bob")])).toEqual([
      ["embedded-text", ".rodata+0xe", "built by alice", "built by bob"],
    ]);
  });

  test("non-ASCII letters are shown as letters", async () => {
    const text = (name: string): CraftedSection => rodata(`tool\0built by ${name} here\0usage\0`);
    expect(await compare([TEXT, text("Zoë")], [TEXT, text("Müller")])).toEqual([
      ["embedded-text", ".rodata+0xe", "built by Zoë here", "built by Müller here"],
    ]);
    expect(await compare([TEXT, text("/home/zoë/src/main.c")], [TEXT, text("/home/李/src/main.c")])).toEqual([
      ["build-path", ".rodata+0x14", "/home/zoë", "/home/李"],
    ]);
  });

  test("a differing text that also moved is the only cause", async () => {
    const [left, right] = [rodata("tool\0built by alice\0usage\0"), rodata("tool\0usage\0built by carol\0")];
    expect(await compare([TEXT, left], [TEXT, right])).toEqual([
      ["embedded-text", ".rodata+0xe", "built by alice", "built by carol"],
    ]);
  });

  test("a text that begins with a non-ASCII letter is shown whole", async () => {
    const text = (name: string): CraftedSection => rodata(`tool\0${name} one\0usage\0`);
    expect(await compare([TEXT, text("Ømega")], [TEXT, text("Årsted")])).toEqual([
      ["embedded-text", ".rodata+0x6", "Ømega one", "Årsted one"],
    ]);
  });

  test("a text with non-ASCII letters at both ends, far from the start of the section, is shown whole", async () => {
    const text = (name: string): CraftedSection => rodata(`${"\x01".repeat(200)}Ø by ${name} né\0usage\0`);
    expect(await compare([TEXT, text("alice")], [TEXT, text("carol")])).toEqual([
      ["embedded-text", ".rodata+0xce", "Ø by alice né", "Ø by carol né"],
    ]);
  });

  test("texts that only moved are reported with a hexadecimal offset", async () => {
    const [left, right] = [
      rodata("equal on both sides\0one text\0two text\0"),
      rodata("equal on both sides\0two text\0one text\0"),
    ];
    expect(await compare([long("a"), left], [long("b"), right])).toEqual([
      like("text-order", ".rodata+0x14", "one text", "two text"),
    ]);
  });

  test("texts are not reported as moved when other bytes differ", async () => {
    const texts = (name: string): CraftedSection => rodata(`${name}\x01first text\x01second text`);
    const moved = (name: string): CraftedSection => rodata(`second text\x01first text\x01${name}`);
    expect(await compare([TEXT, texts("built by \xe9")], [TEXT, moved("built by \xeb")])).toEqual([
      like("content", ".rodata+0x0"),
    ]);
    expect(await compare([TEXT, texts("built by \xe9")], [TEXT, moved("built by \xe9")])).toEqual([like("text-order")]);
  });
});
