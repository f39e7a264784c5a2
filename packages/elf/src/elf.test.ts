import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { isElf, readElf } from "./elf.ts";
import { ElfError } from "./error.ts";
import { readLinkage } from "./linkage.ts";
import { machineOfTarget } from "./machine.ts";
import { readNotes } from "./notes.ts";

const NAMES = "\0.shstrtab\0.note\0";

/** A little-endian 64-bit file with section names, one note section and the given header fields. */
function elf(header: Readonly<Record<number, number>> = {}, sections: Readonly<Record<number, number>> = {}): Buffer {
  const file = Buffer.alloc(64 + 3 * 64 + 64);
  file.write("\x7fELF\x02\x01\x01", "latin1");
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 40);
  file.writeUInt16LE(64, 58);
  file.writeUInt16LE(3, 60);
  file.writeUInt16LE(1, 62);
  const section = (index: number, name: number, type: number, offset: number, size: number): void => {
    const at = 64 + index * 64;
    file.writeUInt32LE(name, at);
    file.writeUInt32LE(type, at + 4);
    file.writeBigUInt64LE(BigInt(offset), at + 24);
    file.writeBigUInt64LE(BigInt(size), at + 32);
  };
  section(1, 1, 3, 256, NAMES.length);
  section(2, 11, 7, 280, 20);
  file.write(NAMES, 256, "latin1");
  file.writeUInt32LE(4, 280);
  file.writeUInt32LE(2, 284);
  file.writeUInt32LE(3, 288);
  file.write("GNU\0\xab\xcd", 292, "latin1");
  for (const [at, value] of Object.entries({ ...header, ...sections })) file.writeUInt16LE(value, Number(at));
  return file;
}

describe("readElf", () => {
  test("reads headers, names and notes", async () => {
    const file = await readElf(memorySource(elf()));
    expect(file).toMatchObject({ type: "shared", machine: "x86-64", wide: true, little: true });
    expect(file.sections.map(({ name }) => name)).toEqual(["", ".shstrtab", ".note"]);
    expect(await readNotes(file)).toMatchObject([{ owner: "GNU", type: 3, description: Buffer.from([0xab, 0xcd]) }]);
    expect(await readLinkage(file)).toBe("shared");
  });

  test("finds notes by the program headers of a file without sections", async () => {
    const note = { 32: 64, 54: 56, 56: 1, 64: 4, 72: 280, 96: 20 };
    const file = await readElf(memorySource(elf({ ...note, 40: 0, 60: 0, 62: 0 })));
    expect(file.sections).toEqual([]);
    expect(await readNotes(file)).toMatchObject([
      { owner: "GNU", description: Buffer.from([0xab, 0xcd]), offset: 296 },
    ]);
  });

  test.each([
    ["an empty file (B160)", Buffer.alloc(0), /this is not an ELF file: it has no bytes/],
    ["a script (B161)", Buffer.from("#!/bin/sh\n"), /it is a script/],
    ["a PE file (B182)", Buffer.from("MZ\x90\0"), /it is a PE file \(Windows\)/],
    ["a Mach-O file", Buffer.from("cffaedfe07000001", "hex"), /it is a Mach-O file/],
    ["other bytes", Buffer.from("hello"), /it starts with 68656c6c/],
    ["a truncated header (B162)", elf().subarray(0, 50), /the ELF header: needs 2 bytes at 58, but has only 50/],
    ["class 3", elf({ 4: 0x0103 }), /unknown class 3/],
    [
      "section headers past the end (B176)",
      elf({ 40: 60_000 }),
      /the section headers end at 60192 of 320 bytes: the file is cut|section headers? end/,
    ],
    ["section headers of 8 bytes", elf({ 58: 8 }), /a section header has 8 bytes, expected at least 64/],
    ["a section past the end", elf({}, { 216: 1000 }), /section 2 ends at 1020 of 320 bytes: the file is cut/],
    ["a name past the end of the names", elf({}, { 192: 999 }), /the section names: needs 0 bytes at 999/],
    ["sixty thousand sections", elf({ 60: 60_000 }), /the section headers end at 3840064 of 320 bytes/],
  ])("refuses %s", async (_name, bytes, message) => {
    const failing = readElf(memorySource(bytes));
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toBeInstanceOf(ElfError);
  });

  test("truncates a note that is larger than its section", async () => {
    const file = await readElf(memorySource(elf({}, { 284: 60_000 })));
    await expect(readNotes(file)).rejects.toThrow(/section \.note: needs \d+ bytes at/);
  });

  test("does not accept files of other formats", () => {
    expect(isElf(Buffer.from("\x7fEL"))).toBe(false);
    expect(isElf(Buffer.from("\x7fELF"))).toBe(true);
  });
});

describe("machineOfTarget", () => {
  test.each([
    ["x86_64-unknown-linux-musl", "x86-64"],
    ["aarch64-unknown-linux-gnu", "aarch64"],
    ["i686-unknown-linux-gnu", "x86"],
    ["armv7-unknown-linux-gnueabihf", "arm"],
    ["riscv64gc-unknown-linux-gnu", "riscv"],
    ["wasm32-wasip1", undefined],
  ])("%s builds for %s (B177)", (triple, machine) => {
    expect(machineOfTarget(triple)).toBe(machine);
  });
});
