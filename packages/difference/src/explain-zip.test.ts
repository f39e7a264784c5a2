import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { type CraftedEntry, zip } from "@release-actions/archive/testing";
import { causesOf, explain, like } from "./testing/explain.ts";

/** A date and time in MS-DOS format (APPNOTE 4.4.6). */
const dosTime = (year: number, month: number, day: number, hour = 0): number =>
  ((year - 1980) << 25) | (month << 21) | (day << 16) | (hour << 11);
const field = (id: number, bytes: Uint8Array): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
};
const compare = async (left: Partial<CraftedEntry>, right: Partial<CraftedEntry>) =>
  await causesOf(zip([{ name: "a", data: "text\n", ...left }]), zip([{ name: "a", data: "text\n", ...right }]));

describe("zip: fields of the entries", () => {
  test.each<
    [name: string, left: Partial<CraftedEntry>, right: Partial<CraftedEntry>, kind: string, one: string, other: string]
  >([
    [
      "the time",
      { dosTime: dosTime(1980, 1, 1) },
      { dosTime: dosTime(2023, 11, 14, 22) },
      "timestamp",
      "1980-01-01 00:00:00",
      "2023-11-14 22:00:00",
    ],
    ["the mode", { mode: 0o100644 }, { mode: 0o100755 }, "member-mode", "0644", "0755"],
    ["the method", { deflate: true }, {}, "compression", "deflate, option 0", "stored"],
    [
      "the level",
      { deflate: true },
      { deflate: true, flags: 0x802 },
      "compression",
      "deflate, option 0",
      "deflate, option 1",
    ],
    ["encryption", {}, { flags: 0x801 }, "compression", "stored", "stored, encrypted"],
    [
      "the program",
      {},
      { madeBy: (3 << 8) | 30 },
      "archive-format",
      "made by system 3, version 45, flags 0x0",
      "made by system 3, version 30, flags 0x0",
    ],
  ])("%s", async (_name, left, right, kind, one, other) => {
    expect(await compare(left, right)).toEqual([[kind, "header of a", one, other]]);
  });

  test("exact times in extra fields, as Info-ZIP and Windows write them", async () => {
    const seconds = (...values: readonly number[]): Buffer => {
      const bytes = Buffer.alloc(1 + 4 * values.length, 3);
      for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 1 + 4 * index);
      return field(0x5455, bytes);
    };
    const time = "1980-00-00 00:00:00";
    expect(await compare({ extra: seconds(1_700_000_000, -1) }, { extra: seconds(1_700_000_001, 0) })).toEqual([
      [
        "timestamp",
        "header of a",
        `${time}, 2023-11-14T22:13:20Z, 1969-12-31T23:59:59Z`,
        `${time}, 2023-11-14T22:13:21Z, 1970-01-01T00:00:00Z`,
      ],
    ]);
    const ntfs = (milliseconds: number): Buffer => {
      const bytes = Buffer.alloc(16);
      bytes.writeBigUInt64LE((BigInt(milliseconds) + 11_644_473_600_000n) * 10_000n, 8);
      return field(0x000a, bytes);
    };
    expect(await compare({ extra: ntfs(1_700_000_000_123) }, {})).toEqual([
      ["timestamp", "header of a", `${time}, 2023-11-14T22:13:20.123Z`, time],
    ]);
    expect(
      await compare({ extra: field(0x000a, Buffer.alloc(12)) }, { extra: field(0x000a, Buffer.alloc(12, 1)) }),
    ).toEqual([like("archive-format", expect.stringMatching(/beside equal members/))]);
  });

  test("the owner in an extra field of Info-ZIP", async () => {
    const owner = (id: number): Buffer => field(0x7875, Buffer.from([1, 1, id, 1, id]));
    expect(await compare({ extra: owner(0) }, { extra: owner(5) })).toEqual([
      ["member-owner", "header of a", "0101000100", "0101050105"],
    ]);
    expect(await compare({}, { extra: owner(5) })).toEqual([["member-owner", "header of a", "none", "0101050105"]]);
  });

  test("other extra fields and comments, as metadata", async () => {
    expect(await compare({ extra: field(0xcafe, Buffer.alloc(0)) }, {})).toEqual([
      ["member-metadata", "header of a, extra field 0xcafe", "", "absent"],
    ]);
    expect(
      await compare({ extra: field(0x9999, Buffer.from("ab")) }, { extra: field(0x9999, Buffer.from("cd")) }),
    ).toEqual([["member-metadata", "header of a, extra field 0x9999", "6162", "6364"]]);
    expect(await compare({ comment: "built" }, {})).toEqual([
      ["member-metadata", "header of a, comment", "built", "absent"],
    ]);
    // A zip64 field stores sizes, which follow from the content.
    expect(await compare({ zip64: true }, {})).toEqual([like("archive-format")]);
  });

  test("the comment of the whole file", async () => {
    const commented = (comment?: string) => zip([{ name: "a" }], comment === undefined ? {} : { comment });
    expect(await causesOf(commented("v1.0"), commented("v1.1"))).toEqual([
      ["member-metadata", "comment of the zip", "v1.0", "v1.1"],
    ]);
    expect(await causesOf(commented(), commented("v1.1"))).toEqual([
      ["member-metadata", "comment of the zip", "none", "v1.1"],
    ]);
    expect(await causesOf(commented("v1.1"), commented())).toEqual([
      ["member-metadata", "comment of the zip", "v1.1", "none"],
    ]);
  });

  test("times, with a remedy that names the program", async () => {
    const [left, right] = [dosTime(1990, 1, 1), dosTime(2023, 1, 1)].map((time) => zip([{ name: "a", dosTime: time }]));
    expect((await explain(left ?? "", right ?? "")).causes).toMatchObject([
      { remedy: expect.stringContaining("zip -X") },
    ]);
  });
});

describe("zip: contents", () => {
  test("a difference inside is reported with the entry's name", async () => {
    expect(await compare({ data: "one\n", deflate: true }, { data: "two\n", deflate: true })).toEqual([
      ["embedded-text", "a: line 1", "one", "two"],
    ]);
  });

  test("an entry that cannot be decompressed is compared in its stored form", async () => {
    expect(await compare({ flags: 0x801, data: "\x01\x02" }, { flags: 0x801, data: "\x01\x03" })).toEqual([
      ["content", "a: 0x1", "02 (of 2 bytes)", "03 (of 2 bytes)"],
    ]);
  });
});

describe("zip: differences outside of the entries' content", () => {
  test("different compressed data of equal content and different size", async () => {
    const raw = deflateRawSync("aaaaaaaaaaaaaaaaaaaa", { level: 0 });
    const entry = { name: "b", data: "aaaaaaaaaaaaaaaaaaaa", deflate: true };
    const [left, right] = [zip([{ name: "a" }, entry]), zip([{ name: "a" }, { ...entry, raw }])];
    expect(await causesOf(left, right)).toEqual([
      ["compression", "data of b, of equal content", `${left.length} bytes`, `${right.length} bytes`],
    ]);
  });

  test("different compressed data of equal content and equal size", async () => {
    // The padding bits in the first byte of a stored block have no meaning (RFC 1951, 3.2.4).
    const raw = deflateRawSync("text\n", { level: 0 });
    const other = Buffer.from(raw);
    other[0] = (other[0] ?? 0) | 0xf8;
    expect(await compare({ deflate: true, raw }, { deflate: true, raw: other })).toEqual([
      like("compression", "data of a, of equal content"),
    ]);
  });

  test("bytes outside of the entries", async () => {
    const gap = Buffer.from("\x01\x02");
    const [left, right] = [zip([{ name: "a", data: "text\n" }]), zip([{ name: "a", data: "text\n", gap }])];
    expect(await causesOf(left, right)).toEqual([
      ["archive-format", "0x24, beside equal members", `${left.length} bytes`, `${right.length} bytes`],
    ]);
  });
});
