import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readInfoPlist } from "./binary-plist.ts";
import { PlistError } from "./plist.ts";

/** Written by Python's plistlib: every kind of value, a non-ASCII text, a number of 8 bytes. */
const LIST = Buffer.from(
  [
    "62706c6973743030d401020304050607085f1012434642756e646c6545786563757461626c655f1012434642756e646c6549",
    "64656e7469666965725464617465516e64005400f6006f006c5f1010636f6d2e6578616d706c652e746f6f6c3341c5c80040",
    "000000a7090a0b0c0d0e0f100113fffffffffffffffb11012c233ff800000000000009084201020811263b40424b5e676f71",
    "7a7d868788000000000000010100000000000000100000000000000000000000000000008b",
  ].join(""),
  "hex",
);

const read = (bytes: Uint8Array): Promise<unknown> => readInfoPlist(bytes, "Info.plist");

describe("readInfoPlist", () => {
  test("reads the binary form, every kind of value", async () => {
    expect(await read(LIST)).toEqual(
      new Map<string, unknown>([
        ["CFBundleExecutable", "Töol"],
        ["CFBundleIdentifier", "com.example.tool"],
        ["date", new Date("2024-02-29")],
        ["n", [1, -5, 300, 1.5, true, false, Uint8Array.of(1, 2)]],
      ]),
    );
  });

  test("reads counts that do not fit their marker, and numbers of each width", async () => {
    expect(await read(binaryList([0x5f, 0x10, 15, ...Buffer.from("fifteen letters")]))).toBe("fifteen letters");
    expect(await read(binaryList([0x5f, 0x11, 0, 15, ...Buffer.from("fifteen letters")]))).toBe("fifteen letters");
    expect(await read(binaryList([0x4f, 0x10, 16, ...Array<number>(16).fill(7)]))).toEqual(new Uint8Array(16).fill(7));
    const numbers = binaryList(
      ...[
        [0xa5, 1, 2, 3, 4, 5],
        [0x10, 255],
        [0x11, 1, 0],
        [0x12, 0, 1, 0, 0],
      ],
      ...[
        [0x22, 0x3f, 0x80, 0, 0],
        [0x13, 0, 0, 0, 0, 0, 0, 1, 0],
      ],
    );
    expect(await read(numbers)).toEqual([255, 256, 65_536, 1, 256]);
  });

  test("starts with the root object that the trailer names, at any position", async () => {
    const bytes = binaryList([9], [0x10, 5], [0xa1, 1]);
    bytes.writeBigUInt64BE(2n, bytes.length - 16);
    expect(await read(bytes)).toEqual([5]);
  });

  test("accepts lists nested sixteen deep", async () => {
    const nested = (levels: number) =>
      read(binaryList(...Array.from({ length: levels }, (_, index) => [0xa1, index + 1]), [9]));
    expect(JSON.stringify(await nested(16))).toBe(`${"[".repeat(16)}true${"]".repeat(16)}`);
    await expect(nested(17)).rejects.toThrow("it is nested too deeply");
  });

  test("accepts dictionaries nested sixteen deep", async () => {
    const nested = (levels: number) => {
      const key = levels + 1;
      const dictionaries = Array.from({ length: levels }, (_, index) => [0xd1, key, index + 1]);
      return read(binaryList(...dictionaries, [9], [0x51, ...Buffer.from("k")]));
    };
    let value = await nested(16);
    for (let level = 0; level < 16; level += 1) value = value instanceof Map ? value.get("k") : undefined;
    expect(value).toBe(true);
    await expect(nested(17)).rejects.toThrow("it is nested too deeply");
  });

  test("reads the XML form", async () => {
    expect(await read(Buffer.from("<plist><dict><key>a</key><true/></dict></plist>"))).toEqual(new Map([["a", true]]));
  });

  test.each<[title: string, bytes: Buffer, message: RegExp]>([
    ["a truncated list", LIST.subarray(0, 60), /^Info\.plist: /],
    ["a list with only its magic", Buffer.from("bplist00"), /^Info\.plist: needs 1 byte at -18/],
    // An array that refers to itself: its only reference is 0.
    ["a list that contains itself", binaryList([0xa1, 0]), /nested too deeply/],
    ["arrays that each refer to the next many times", unfolding(), /more than 100000 objects/],
    ["a reference to a missing object", binaryList([0xa1, 5]), /it has no object 5/],
    ["a reference just past the last object", binaryList([0xa1, 1]), /it has no object 1/],
    ["a real number of two bytes", binaryList([0x21, 0, 0]), /a real number of 2 bytes/],
    ["a text that is longer than the list", binaryList([0x5f, 0x10, 0xff]), /needs 255 bytes/],
    ["a number over 2^53", binaryList([0x4f, 0x13, ...Array<number>(8).fill(0xff)]), /larger than any file/],
    ["an unknown kind of object", binaryList([0x70]), /unknown kind 0x70/],
    ["a key that is not text", binaryList([0xd1, 1, 1], [9]), /a key that is not a text/],
  ])("refuses %s", async (_title, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  test("reads a changed list or refuses it with its own error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(LIST.length - 1), fc.nat(255), async (at, value) => {
        const bytes = Buffer.from(LIST);
        bytes[at] = value;
        await read(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(PlistError));
      }),
    );
  });
});

/** A list of these objects in order, each less than 256 bytes from the start; the first is the root. */
function binaryList(...objects: readonly (readonly number[])[]): Buffer {
  const offsets: number[] = [];
  const bytes = [...Buffer.from("bplist00")];
  for (const object of objects) {
    offsets.push(bytes.length);
    bytes.push(...object);
  }
  const trailer = Buffer.alloc(32);
  trailer.set([1, 1], 6);
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(bytes.length), 24);
  return Buffer.concat([Buffer.from([...bytes, ...offsets]), trailer]);
}

/** Eight arrays, each with fourteen references to the next: 14 to the power of 8 values in two hundred bytes. */
function unfolding(): Buffer {
  const arrays = Array.from({ length: 8 }, (_, index) => [0xae, ...Array<number>(14).fill(index + 1)]);
  return binaryList(...arrays, [9]);
}
