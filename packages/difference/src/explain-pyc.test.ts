import { describe, expect, test } from "@jest/globals";
import { isPyc } from "./explain-pyc.ts";
import { causesOf, explain, like } from "./testing/explain.ts";

/** A header (PEP 552) and code. */
function pyc({ magic = 3531, flags = 0, time = 0, hash = "", code = "\xe3\0\0\0" } = {}): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt16LE(magic, 0);
  head.write("\r\n", 2);
  head.writeUInt32LE(flags, 4);
  head.writeUInt32LE(time, 8);
  if (hash !== "") Buffer.from(hash, "hex").copy(head, 8);
  return Buffer.concat([head, Buffer.from(code, "latin1")]);
}

describe("isPyc", () => {
  test.each<[name: string, change: (head: Buffer) => void]>([
    ["the magic of 3.7", (head) => head.writeUInt16LE(3390, 0)],
    ["a hash that is checked", (head) => head.writeUInt32LE(3, 4)],
    ["a later version", (head) => head.writeUInt16LE(4499, 0)],
  ])("recognizes %s", (_name, change) => {
    const head = pyc();
    change(head);
    expect(isPyc(head)).toBe(true);
  });

  test.each<[name: string, change: (head: Buffer) => void]>([
    ["an older magic", (head) => head.writeUInt16LE(3389, 0)],
    ["a magic that no version uses", (head) => head.writeUInt16LE(4500, 0)],
    ["a wrong third byte", (head) => head.writeUInt8(0, 2)],
    ["a wrong fourth byte", (head) => head.writeUInt8(0, 3)],
    ["undefined flags", (head) => head.writeUInt8(4, 4)],
    ["more flags", (head) => head.writeUInt8(1, 5)],
    ["flags in the third byte", (head) => head.writeUInt8(1, 6)],
    ["flags in the fourth byte", (head) => head.writeUInt8(1, 7)],
  ])("does not recognize %s", (_name, change) => {
    const head = pyc();
    change(head);
    expect(isPyc(head)).toBe(false);
  });

  test("does not recognize a truncated file", () => {
    expect(isPyc(pyc().subarray(0, 15))).toBe(false);
    expect(isPyc(pyc().subarray(0, 16))).toBe(true);
  });
});

describe("Python's bytecode", () => {
  test("the time of the source", async () => {
    const [left, right] = [pyc({ time: 1_700_000_000 }), pyc({ time: 1_763_638_491 })];
    expect(await causesOf(left, right)).toEqual([
      ["timestamp", "pyc header, time of the source", "2023-11-14T22:13:20Z", "2025-11-20T11:34:51Z"],
    ]);
    expect(await explain(left, right)).toMatchObject({
      format: "pyc",
      causes: [{ remedy: expect.stringContaining("--invalidation-mode=checked-hash") }],
    });
  });

  test("a hash of the source instead of its time", async () => {
    expect(await causesOf(pyc({ time: 0 }), pyc({ flags: 1, hash: "0123456789abcdef" }))).toEqual([
      [
        ...["timestamp", "pyc header, time of the source"],
        ...["1970-01-01T00:00:00Z", "a hash of the source, 0123456789abcdef"],
      ],
    ]);
  });

  test("a different version of Python", async () => {
    expect(await causesOf(pyc({ magic: 3495, time: 1 }), pyc({ magic: 3531, time: 2 }))).toEqual([
      ["toolchain", "pyc header", "Python magic 3495", "Python magic 3531"],
    ]);
  });

  test("the code, with or without the time", async () => {
    const code = (path: string): string => `\xe3\0\0\0${path}\0`;
    const [left, right] = [code("/home/one/a.py"), code("/home/two/a.py")];
    expect(await causesOf(pyc({ code: left }), pyc({ code: right }))).toEqual([
      ["build-path", "code+0xa", "/home/one", "/home/two"],
    ]);
    expect(await causesOf(pyc({ code: left, time: 1 }), pyc({ code: right }))).toEqual([
      like("build-path", "code+0xa"),
      like("timestamp", "pyc header, time of the source"),
    ]);
  });

  test("the size of the source in the header, as content", async () => {
    const [left, right] = [pyc(), pyc()];
    right.writeUInt32LE(77, 12);
    expect(await causesOf(left, right)).toEqual([like("content", "0xc")]);
  });
});
