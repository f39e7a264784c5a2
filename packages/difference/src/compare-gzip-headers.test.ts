import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { compareGzipHeaders } from "./compare-gzip-headers.ts";

interface Fields {
  readonly time?: number;
  readonly name?: string;
  readonly extra?: string;
  /** The flag `FTEXT` (the first bit of the flags). */
  readonly text?: boolean;
  readonly level?: number;
  readonly system?: number;
}

/** A gzip header (RFC 1952, section 2.3) and some data. */
function header({ time = 0, name, extra, text = false, level = 0, system = 3 }: Fields): Buffer {
  const start = Buffer.alloc(10);
  const flags = (name === undefined ? 0 : 8) | (extra === undefined ? 0 : 4) | (text ? 1 : 0);
  Buffer.from([0x1f, 0x8b, 8, flags]).copy(start);
  start.writeUInt32LE(time, 4);
  start[8] = level;
  start[9] = system;
  const more = extra === undefined ? [] : [Buffer.from([extra.length, 0]), Buffer.from(extra)];
  return Buffer.concat([start, ...more, Buffer.from(name === undefined ? "" : `${name}\0`), Buffer.from("data")]);
}

const compare = async (left: Buffer, right: Buffer) =>
  (await compareGzipHeaders([memorySource(left), memorySource(right)], "in a, ")).map((one) => [
    ...[one.kind, one.place, one.left, one.right],
  ]);

describe("gzip headers", () => {
  test.each<[name: string, left: Fields, right: Fields, expected: unknown]>([
    ["equal headers", { time: 5, name: "a" }, { time: 5, name: "a" }, []],
    [
      "the time",
      { time: 1_700_000_000 },
      { time: 0 },
      [["timestamp", "in a, gzip header", "2023-11-14T22:13:20.000Z", "none"]],
    ],
    ["the name", { name: "one" }, { name: "two" }, [["embedded-text", "in a, gzip header, file name", "one", "two"]]],
    [
      "a name on one side only",
      { name: "one" },
      {},
      [["embedded-text", "in a, gzip header, file name", "one", "none"]],
    ],
    [
      "a name after an extra field",
      { extra: "12345", name: "one" },
      { extra: "123", name: "two" },
      [["embedded-text", "in a, gzip header, file name", "one", "two"]],
    ],
    [
      "a name with the flag `FTEXT`",
      { text: true, name: "one" },
      { text: true, name: "two" },
      [["embedded-text", "in a, gzip header, file name", "one", "two"]],
    ],
    ["a differing extra field, which is ignored", { extra: "12345" }, {}, []],
    [
      "the level",
      { level: 2 },
      { level: 4 },
      [["compression", "in a, gzip header", "level flag 2, system 3", "level flag 4, system 3"]],
    ],
    [
      "the system",
      { system: 3 },
      { system: 255 },
      [["compression", "in a, gzip header", "level flag 0, system 3", "level flag 0, system 255"]],
    ],
  ])("%s", async (_name, left, right, expected) => {
    expect(await compare(header(left), header(right))).toEqual(expected);
  });

  test("suggests `gzip -n` for a time", async () => {
    const [left, right] = [memorySource(header({ time: 1 })), memorySource(header({ time: 2 }))];
    expect((await compareGzipHeaders([left, right], ""))[0]?.remedy).toContain("`gzip -n`");
  });

  test("accepts files that end within the header", async () => {
    expect(await compare(Buffer.from("1f8b", "hex"), header({ time: 1 }))).toContainEqual([
      ...["timestamp", "in a, gzip header", "none", "1970-01-01T00:00:01.000Z"],
    ]);
    const whole = header({ time: 1, extra: "12345", name: "one" });
    for (let length = 0; length < whole.length; length += 1)
      await expect(compare(whole.subarray(0, length), whole)).resolves.toBeInstanceOf(Array);
  });
});
