import { describe, expect, test } from "@jest/globals";
import { memorySource, readExactly } from "@release-actions/archive";
import { ArError, isAr, readAr } from "./explain-ar.ts";
import { ar, type CraftedArMember } from "./testing/ar.ts";
import { causesOf, explain } from "./testing/explain.ts";

/** Name and content of each member. */
async function membersOf(archive: Uint8Array): Promise<[string, string][]> {
  const members = await readAr(memorySource(archive));
  return await Promise.all(
    members.map(async ({ name, open }): Promise<[string, string]> => {
      const source = await open();
      return [name, Buffer.from(await readExactly(source, 0, source.size)).toString("latin1")];
    }),
  );
}

test("isAr recognizes the magic", () => {
  expect(isAr(Buffer.from("!<arch>\n and more"))).toBe(true);
  expect(isAr(Buffer.from("!<arch>"))).toBe(false);
  expect(isAr(Buffer.from("!<thin>\n"))).toBe(false);
});

describe("readAr", () => {
  test("reads names of GNU, System V and BSD, and members of odd size", async () => {
    const names = "a-long-name-of-an-object.o/\nanother-long-name.o/\n";
    const archive = ar([
      { name: "//", body: names },
      { name: "short.o/", body: "odd" },
      { name: "/0", body: "even" },
      { name: "/28", body: "" },
      { name: "plain.o", body: "x" },
      { name: "#1/20", body: "a-bsd-name.o\0\0\0\0\0\0\0\0body" },
      { name: "debian-binary", body: "2.0\n" },
    ]);
    expect(await membersOf(archive)).toEqual([
      ["short.o", "odd"],
      ["a-long-name-of-an-object.o", "even"],
      ["another-long-name.o", ""],
      ["plain.o", "x"],
      ["a-bsd-name.o", "body"],
      ["debian-binary", "2.0\n"],
    ]);
  });

  test("reads long names without slashes, as in System V, and keeps a name whose offset is past the table", async () => {
    const archive = ar([
      { name: "//", body: "one-long-name.o\nb" },
      { name: "/0", body: "x" },
      { name: "/16", body: "y" },
      { name: "/99", body: "z" },
    ]);
    expect((await membersOf(archive)).map(([name]) => name)).toEqual(["one-long-name.o", "b", "/99"]);
  });

  test("reads names of more than 64 bytes", async () => {
    const name = `${"a".repeat(300)}.o`;
    const archive = ar([
      { name: "//", body: `${name}/\n` },
      { name: "/0", body: "x" },
    ]);
    expect(await membersOf(archive)).toEqual([[name, "x"]]);
  });

  test("reads a name that only ends like one of BSD as it is", async () => {
    expect(await membersOf(ar([{ name: "c#1/4", body: "body" }]))).toEqual([["c#1/4", "body"]]);
  });

  test("leaves out the symbol table in each of its forms", async () => {
    const archive = ar([
      { name: "/", body: "symbols" },
      { name: "/SYM64/", body: "symbols" },
      { name: "__.SYMDEF", body: "symbols" },
      { name: "__.SYMDEF SORTED", body: "symbols" },
      { name: "#1/20", body: "__.SYMDEF SORTED\0\0\0\0symbols" },
      { name: "a.o/", body: "code" },
    ]);
    expect(await membersOf(archive)).toEqual([["a.o", "code"]]);
  });

  test("reads an empty archive", async () => expect(await readAr(memorySource(ar([])))).toEqual([]));

  test("accepts a last member without padding", async () => {
    expect(await membersOf(ar([{ name: "a/", body: "odd" }]).subarray(0, -1))).toEqual([["a", "odd"]]);
  });

  test.each<[name: string, member: CraftedArMember, message: RegExp]>([
    ["a size that is not a number", { name: "a/", size: "1x" }, /no valid member at byte 72/],
    ["a size beyond the end", { name: "a/", size: "1" }, /no valid member at byte 72/],
    ["a header with wrong end bytes", { name: "a/", end: "xx" }, /no valid member at byte 72/],
    ["a name longer than its member", { name: "#1/9", body: "12345678" }, /a name longer than its member at byte 132/],
  ])("refuses %s", async (_name, member, message) => {
    const failing = readAr(memorySource(ar([{ name: "b/", body: "1234" }, member])));
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toBeInstanceOf(ArError);
    await expect(failing).rejects.toMatchObject({ name: "ArError" });
  });

  test("accepts a name that fills its member", async () => {
    expect(await membersOf(ar([{ name: "#1/4", body: "name" }]))).toEqual([["name", ""]]);
  });
});

describe("ar: causes", () => {
  const compare = async (left: readonly CraftedArMember[], right: readonly CraftedArMember[]) =>
    await causesOf(ar(left), ar(right));

  test.each<[name: string, fields: Partial<CraftedArMember>, kind: string, one: string, other: string]>([
    ["time", { time: "1700000000" }, "timestamp", "1970-01-01T00:00:00Z", "2023-11-14T22:13:20Z"],
    ["missing time", { time: "" }, "timestamp", "1970-01-01T00:00:00Z", ""],
    ["time, when it is not a number,", { time: "later" }, "timestamp", "1970-01-01T00:00:00Z", "later"],
    ["owner", { uid: "1001", gid: "127" }, "member-owner", "0:0", "1001:127"],
    ["mode", { mode: "100755" }, "member-mode", "644", "100755"],
  ])("the %s of a member", async (_name, fields, kind, one, other) => {
    expect(await compare([{ name: "a.o/", body: "x" }], [{ name: "a.o/", body: "x", ...fields }])).toEqual([
      [kind, "header of a.o", one, other],
    ]);
  });

  test("a time, with `ar D` as the remedy", async () => {
    const { format, causes } = await explain(ar([{ name: "a/", time: "1" }]), ar([{ name: "a/", time: "2" }]));
    expect(format).toBe("ar");
    expect(causes).toMatchObject([{ remedy: expect.stringContaining("`ar D`") }]);
  });

  test("a text inside a member", async () => {
    expect(await compare([{ name: "a/", body: "one\n" }], [{ name: "a/", body: "two\n" }])).toEqual([
      ["embedded-text", "a: line 1", "one", "two"],
    ]);
  });

  test("equal members in archives of different formats", async () => {
    expect(await compare([{ name: "a.o/", body: "code" }], [{ name: "a.o", body: "code" }])).toEqual([
      ["archive-format", "symbol table, names or padding", "72 bytes", "72 bytes"],
    ]);
  });

  test("the bytes of a damaged archive, with a message about the damage", async () => {
    const whole = ar([{ name: "a/", body: "code" }]);
    const { causes, damage } = await explain(whole, whole.subarray(0, -1));
    expect(damage).toMatch(/no valid member at byte 8/);
    expect(causes.length).toBeGreaterThan(0);
  });
});
