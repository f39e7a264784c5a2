import { describe, expect, test } from "@jest/globals";
import {
  buildId,
  type CraftedElf,
  dynamic,
  elf,
  PT_DYNAMIC,
  PT_GNU_RELRO,
  PT_GNU_STACK,
  PT_INTERP,
  PT_LOAD,
} from "./testing/elf.ts";
import { causesOf, like } from "./testing/explain.ts";

const PLACE = "program headers and dynamic section";

async function compare(left: CraftedElf, right: CraftedElf): Promise<unknown> {
  const [first, ...others] = await causesOf(elf(left), elf(right));
  expect(others).toEqual([]);
  return first;
}

const tags = (...list: readonly (readonly [number, number])[]): CraftedElf => ({
  sections: [dynamic(list)],
  segments: [{ type: PT_DYNAMIC, of: ".dynamic" }],
});
const interpreter = (path: string): CraftedElf => ({
  sections: [{ name: ".interp", bytes: `${path}\0` }],
  segments: [{ type: PT_INTERP, of: ".interp" }],
});

describe("reports linker options of an ELF file", () => {
  test.each<[name: string, left: CraftedElf, right: CraftedElf, one: string, other: string]>([
    ["the type", { type: 2 }, { type: 3 }, "type: executable, linkage: static", "type: shared, linkage: shared"],
    [
      "the interpreter",
      interpreter("/lib/ld-a.so"),
      interpreter("/lib/ld-b.so"),
      "interpreter: /lib/ld-a.so",
      "interpreter: /lib/ld-b.so",
    ],
    [
      "no interpreter",
      interpreter("/lib/ld.so"),
      { sections: [{ name: ".interp", bytes: "/lib/ld.so\0" }] },
      "linkage: dynamic, interpreter: /lib/ld.so",
      "linkage: shared, interpreter: none",
    ],
    [
      "the size of the build id",
      { sections: [buildId("aaaaaaaa")] },
      { sections: [buildId("aaaaaaaabbbbbbbb")] },
      "build id: 4 bytes",
      "build id: 8 bytes",
    ],
    ["no build id", { sections: [buildId("aa")] }, {}, "build id: 1 byte", "build id: none"],
    [
      "an executable stack",
      { segments: [{ type: PT_GNU_STACK, flags: 6 }] },
      { segments: [{ type: PT_GNU_STACK, flags: 7 }] },
      "stack: rw-",
      "stack: rwx",
    ],
    [
      "a missing stack segment",
      { segments: [{ type: PT_GNU_STACK, flags: 1 }] },
      {},
      "stack: --x",
      "stack: not stated",
    ],
    ["read-only relocations", { segments: [{ type: PT_GNU_RELRO }] }, {}, "relro: true", "relro: false"],
    [
      "the loaded segments",
      {
        segments: [
          { type: PT_LOAD, flags: 5 },
          { type: PT_LOAD, flags: 6 },
        ],
      },
      { segments: [{ type: PT_LOAD, flags: 7 }] },
      "segments: r-x rw-",
      "segments: rwx",
    ],
    [
      "the page size",
      {
        segments: [
          { type: PT_LOAD, alignment: 0x1000 },
          { type: PT_LOAD, alignment: 0x10000 },
        ],
      },
      {
        segments: [
          { type: PT_LOAD, alignment: 0x1000 },
          { type: PT_LOAD, alignment: 0x1000 },
        ],
      },
      "page size: 0x10000",
      "page size: 0x1000",
    ],
    [
      "no loaded segment",
      { segments: [{ type: PT_LOAD, flags: 5, alignment: 0x1000 }] },
      {},
      "segments: r-x, page size: 0x1000",
      "segments: , page size: 0x0",
    ],
    ["flags", tags([30, 8]), tags([30, 0x10]), "FLAGS: 0x8", "FLAGS: 0x10"],
    ["extended flags", tags([0x6ffffffb, 1]), tags([0x6ffffffb, 2]), "FLAGS_1: 0x1", "FLAGS_1: 0x2"],
  ])("%s", async (_name, left, right, one, other) => {
    expect(await compare(left, right)).toEqual(["linker-options", PLACE, one, other]);
  });

  test.each([
    [14, "SONAME"],
    [15, "RPATH"],
    [16, "SYMBOLIC"],
    [22, "TEXTREL"],
    [24, "BIND_NOW"],
    [29, "RUNPATH"],
    [36, "RELR"],
    [4, "HASH"],
    [0x6ffffef5, "GNU_HASH"],
  ])('the dynamic tag %d on one side only (gABI, "Dynamic Section")', async (tag, name) => {
    expect(await compare(tags([21, 0], [tag, 1]), tags([21, 0], [21, 0]))).toEqual([
      "linker-options",
      PLACE,
      `${name}: present`,
      `${name}: absent`,
    ]);
    // The tag's value is an address or an offset, which depends on the code.
    expect(await compare(tags([tag, 1]), tags([tag, 2]))).toEqual(like("code", ".dynamic"));
  });

  test("flags on one side only", async () => {
    expect(await compare(tags([21, 0], [30, 8]), tags([21, 0], [21, 0]))).toEqual([
      "linker-options",
      PLACE,
      "FLAGS: 0x8",
      "FLAGS: absent",
    ]);
  });

  test("nothing of an object file, which was not linked", async () => {
    const object = (flags: number): CraftedElf => ({ type: 1, segments: [{ type: PT_GNU_STACK, flags }] });
    expect(await compare(object(6), object(7))).toEqual(["code", "headers", "0 bytes", "0 bytes"]);
  });
});
