import { describe, expect, test } from "@jest/globals";
import { boolean, context, der, integer, octets, oid, sequence, set, utf8 } from "../testing/der.ts";
import { Asn1Error, childOf, contextChild, isUniversal, parseAsn1, readTime } from "./asn1.ts";

const parse = (bytes: Uint8Array) => parseAsn1(bytes, "a value");

describe("parseAsn1", () => {
  test("reads class, tag, content and encoding of each value", async () => {
    const inner = [integer(5), der(0x41, Buffer.from("a")), der(0x82, Buffer.from("c")), der(0xc3, Buffer.from("p"))];
    const node = await parse(sequence(...inner));
    expect(node).toMatchObject({ class: "universal", tag: 16 });
    expect(Buffer.from(node.raw).equals(sequence(...inner))).toBe(true);
    expect(node.children.map((child) => [child.class, child.tag, Buffer.from(child.content).toString("hex")])).toEqual([
      ["universal", 2, "05"],
      ["application", 1, "61"],
      ["context", 2, "63"],
      ["private", 3, "70"],
    ]);
    expect(node.children.map(({ raw }) => Buffer.from(raw).toString("hex"))).toEqual(
      inner.map((one) => one.toString("hex")),
    );
    expect(node.children[0]?.children).toEqual([]);
  });

  test("joins the pieces of an octet string in BER, which Apple's codesign writes", async () => {
    const pieces = Buffer.concat([
      Buffer.of(0x24, 0x80),
      octets(Buffer.from("ab")),
      octets(Buffer.from("c")),
      Buffer.of(0, 0),
    ]);
    expect(Buffer.from((await parse(pieces)).content).toString()).toBe("abc");
  });

  test("reads contents of more than 127 and 255 bytes", async () => {
    for (const length of [127, 128, 255, 256, 65_535]) {
      expect((await parse(octets(Buffer.alloc(length)))).content).toHaveLength(length);
    }
  });

  test("accepts values nested 32 deep, and no deeper ones", async () => {
    const nested = (levels: number): Buffer => {
      let value = integer(1);
      for (let level = 0; level < levels; level += 1) value = sequence(value);
      return value;
    };
    await parse(nested(30));
    await expect(parse(nested(40))).rejects.toThrow(Asn1Error);
  });

  test("refuses more than 5000 values", async () => {
    await parse(sequence(...Array<Buffer>(4000).fill(boolean(true))));
    await expect(parse(sequence(...Array<Buffer>(5001).fill(boolean(true))))).rejects.toThrow(
      /^a value cannot be read: /,
    );
  });

  test.each<[string, Uint8Array]>([
    ["nothing", Buffer.alloc(0)],
    ["a truncated value", sequence(integer(1)).subarray(0, 4)],
    ["an integer that is constructed from others", der(0x22, integer(1))],
  ])("refuses %s", async (_title, bytes) => {
    await expect(parse(bytes)).rejects.toBeInstanceOf(Asn1Error);
  });
});

test("finds children by position and by context tag", async () => {
  const node = await parse(sequence(integer(1), der(0x80, Buffer.from("x")), context(1), der(0x41), context(3)));
  expect(childOf(node, 0, "a number").tag).toBe(2);
  expect(() => childOf(node, 5, "the sixth")).toThrow("the sixth is missing");
  expect([0, 1, 2, 3].map((tag) => contextChild(node, tag)?.raw[0])).toEqual([0x80, 0xa1, undefined, 0xa3]);
});

test("universal types are those of X.680, 8.4", async () => {
  const values = [
    ["boolean", boolean(true)],
    ["integer", integer(1)],
    ["bitString", der(0x03, Buffer.of(0))],
    ["octetString", octets(Buffer.of(1))],
    ["oid", oid("1.2")],
    ["utf8", utf8("x")],
    ["sequence", sequence()],
    ["set", set()],
    ["utcTime", der(0x17, Buffer.from("260301120000Z"))],
    ["generalizedTime", der(0x18, Buffer.from("20260301120000Z"))],
  ] as const;
  const nodes = await Promise.all(values.map(([, bytes]) => parse(bytes)));
  for (const [index, node] of nodes.entries()) {
    expect(values.map(([name]) => isUniversal(node, name)).indexOf(true)).toBe(index);
    expect(values.filter(([name]) => isUniversal(node, name))).toHaveLength(1);
  }
  expect(isUniversal(await parse(der(0x84, Buffer.of(1))), "octetString")).toBe(false);
});

describe("readTime", () => {
  const time = async (tag: number, text: string): Promise<string> =>
    readTime(
      await parse(sequence(der(tag, Buffer.from(text)))).then((node) => childOf(node, 0, "a time")),
    ).toISOString();

  test.each([
    [0x17, "260301120102Z", "2026-03-01T12:01:02.000Z"],
    [0x17, "491231235959Z", "2049-12-31T23:59:59.000Z"],
    [0x17, "500101000000Z", "1950-01-01T00:00:00.000Z"],
    [0x18, "20260301120102Z", "2026-03-01T12:01:02.000Z"],
    [0x18, "20260301120102.5Z", "2026-03-01T12:01:02.500Z"],
    [0x18, "20260301120102.123Z", "2026-03-01T12:01:02.123Z"],
  ])("of tag %d reads %s", async (tag, text, expected) => expect(await time(tag, text)).toBe(expected));

  test.each([
    [0x17, "2603011201Z"],
    [0x17, "260301120102+0100"],
    [0x17, "x260301120102Z"],
    [0x18, "20260301120102"],
    [0x18, "20260301120102.Z"],
    [0x18, "20261301120102Z"],
    [0x17, "260301120102ZZ"],
    [0x17, "261301120102Z"],
  ])("of tag %d refuses %s", async (tag, text) => {
    await expect(time(tag, text)).rejects.toThrow(`"${text}" is not a time`);
  });

  test.each(["2026030112010Z", "20260301120102ZZ", "x20260301120102Z"])("of tag 24 refuses %s", async (text) => {
    await expect(time(0x18, text)).rejects.toThrow("a value cannot be read");
  });
});
