import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { compareXzHeaders } from "./compare-xz-headers.ts";

interface Fields {
  readonly check?: number;
  /** The filters as in the block header, in hexadecimal: for each its id, the size of its properties, and its properties. */
  readonly filters?: string;
  readonly count?: number;
  /** Compressed and uncompressed size, as multibyte integers in hexadecimal. */
  readonly packed?: string;
  readonly size?: string;
}

/** LZMA2 with a dictionary of 8 MiB. */
const LZMA2 = "210116";

/** A stream header and a block header (xz-file-format, 2.1.1 and 3.1). */
function file({ check = 4, filters = LZMA2, count = 1, packed = "", size = "" }: Fields): Buffer {
  const flags = (count - 1) | (packed === "" ? 0 : 0x40) | (size === "" ? 0 : 0x80);
  const fields = Buffer.concat([Buffer.from([flags]), Buffer.from(packed + size + filters, "hex")]);
  // With its size field and CRC-32, a block header is a multiple of four bytes.
  const total = Math.ceil((1 + fields.length + 4) / 4) * 4;
  const padding = Buffer.alloc(total - 1 - fields.length - 4);
  const block = Buffer.concat([Buffer.from([total / 4 - 1]), fields, padding, Buffer.from("crc!")]);
  const stream = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, check, 1, 2, 3, 4]);
  return Buffer.concat([stream, block, Buffer.from("the data")]);
}

const compare = async (left: Fields, right: Fields) =>
  (await compareXzHeaders([memorySource(file(left)), memorySource(file(right))], "in a, ")).map((one) => [
    ...[one.kind, one.place, one.left, one.right],
  ]);

describe("xz headers", () => {
  test.each<[name: string, left: Fields, right: Fields, expected: unknown]>([
    ["equal headers", {}, {}, []],
    ["the check", { check: 1 }, { check: 10 }, [["compression", "in a, xz header, check", "CRC32", "SHA-256"]]],
    [
      "the default check of xz, and no check",
      { check: 4 },
      { check: 0 },
      [["compression", "in a, xz header, check", "CRC64", "none"]],
    ],
    ["a check without a name", { check: 4 }, { check: 15 }, [["compression", "in a, xz header, check", "CRC64", "15"]]],
    [
      "the dictionary",
      {},
      { filters: "21011c" },
      [["compression", "in a, xz block header, filters", "1 of them: 0x210116", "1 of them: 0x21011c"]],
    ],
    [
      "another filter",
      {},
      { count: 2, filters: `0400${LZMA2}` },
      [["compression", "in a, xz block header, filters", "1 of them: 0x210116", "2 of them: 0x0400210116"]],
    ],
  ])("%s", async (_name, left, right, expected) => {
    expect(await compare(left, right)).toEqual(expected);
  });

  test("reports that multi-threaded xz stored block sizes, but not their values", async () => {
    const sizes = { packed: "8001", size: "ff8f01" };
    expect(await compare({}, sizes)).toEqual([
      [
        ...["compression", "in a, xz block header, filters", "1 of them: 0x210116"],
        "1 of them: 0x210116, sizes of blocks stored (threads)",
      ],
    ]);
    expect(await compare(sizes, { packed: "05", size: "8101" })).toEqual([]);
    expect(await compare({ packed: "8001" }, { size: "05" })).toEqual([]);
  });

  test("accepts files that end within the headers", async () => {
    const whole = file({ packed: "8001" });
    for (let length = 0; length < whole.length; length += 1) {
      const cut = memorySource(whole.subarray(0, length));
      await expect(compareXzHeaders([cut, memorySource(whole)], "")).resolves.toBeInstanceOf(Array);
    }
  });
});
