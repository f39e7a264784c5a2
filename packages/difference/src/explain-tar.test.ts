import { describe, expect, test } from "@jest/globals";
import type { CAUSE_TITLES } from "./cause.ts";
import { causesOf, explain, like, type Told } from "./testing/explain.ts";
import { type CraftedTarMember, pax, tar, tarMember } from "./testing/tar.ts";

const file = (fields: Partial<CraftedTarMember> = {}): Buffer => tarMember({ name: "a", body: "text\n", ...fields });
const compare = async (left: readonly Uint8Array[], right: readonly Uint8Array[]): Promise<Told[]> =>
  await causesOf(tar(left), tar(right));

describe("tar: headers", () => {
  test.each<
    [name: string, kind: keyof typeof CAUSE_TITLES, fields: Partial<CraftedTarMember>, one: string, other: string]
  >([
    ["time", "timestamp", { mtime: 1_700_000_000 }, "1970-01-01T00:00:00Z", "2023-11-14T22:13:20Z"],
    ["owner's number", "member-owner", { uid: 1001 }, "0:0 :", "1001:0 :"],
    ["group's number", "member-owner", { gid: 127 }, "0:0 :", "0:127 :"],
    ["owner's name", "member-owner", { userName: "runner", groupName: "docker" }, "0:0 :", "0:0 runner:docker"],
    ["mode", "member-mode", { mode: 0o4755 }, "0644", "4755"],
    ["mode without permissions", "member-mode", { mode: 0 }, "0644", "0000"],
    ["format", "archive-format", { form: "gnu" }, "ustar", "gnu"],
    ["format before POSIX", "archive-format", { form: "v7" }, "ustar", "v7"],
  ])("the %s of a member", async (_name, kind, fields, one, other) => {
    expect(await compare([file()], [file(fields)])).toEqual([[kind, "header of a", one, other]]);
  });

  test.each([
    ["1", "hard link b"],
    ["2", "link b"],
    ["5", "folder"],
    ["6", "fifo"],
    ["3", "character device 1,3"],
    ["4", "block device 1,3"],
    ["S", "sparse file"],
    ["M", "type M"],
  ])("the type %s of a member", async (typeflag, shown) => {
    const link = typeflag === "1" || typeflag === "2" ? { linkName: "b" } : {};
    const other = tarMember({ name: "a", typeflag, device: [1, 3], ...link });
    expect(await compare([tarMember({ name: "a" })], [other])).toEqual([["content", "header of a", "file", shown]]);
  });

  test("no difference between contiguous files (type 7) and files", async () => {
    expect(await compare([file({ typeflag: "7" })], [file({ typeflag: "7", mode: 0 })])).toEqual([
      ["member-mode", "header of a", "0644", "0000"],
    ]);
    expect(await compare([file({ typeflag: "7" })], [file()])).toEqual([like("archive-format")]);
  });

  test("times in PAX records, with fractions of a second", async () => {
    const records = (time: string) => pax({ mtime: `1700000000.${time}`, atime: "5", ctime: "6" });
    expect(await compare([records("1"), file()], [records("2"), file()])).toEqual([
      [
        "timestamp",
        "header of a",
        "1970-01-01T00:00:00Z, mtime 1700000000.1, atime 5, ctime 6",
        "1970-01-01T00:00:00Z, mtime 1700000000.2, atime 5, ctime 6",
      ],
    ]);
    expect(await compare([file()], [pax({ path: "a" }), file()])).toEqual([
      ["archive-format", "header of a", "ustar", "ustar with PAX records"],
    ]);
  });

  test("other PAX records, each by its name", async () => {
    const records = (build: string) => pax({ "SCHILY.xattr.user.build": build, comment: build, uid: "5" });
    expect(await compare([records("one"), file()], [records("two"), file()])).toEqual([
      ["member-metadata", "header of a, SCHILY.xattr.user.build", "one", "two"],
      ["member-metadata", "header of a, comment", "one", "two"],
    ]);
    // A member may have its metadata in the header or in a record.
    const owner = (uid: string) => [pax({ uid }), file()];
    expect((await compare(owner("5"), owner("6"))).map(([, place]) => place)).not.toContain("header of a, uid");
    expect(await compare([pax({ comment: "x" }), file()], [pax({ vendor: "y" }), file()])).toEqual([
      ["member-metadata", "header of a, comment", "x", "absent"],
      ["member-metadata", "header of a, vendor", "absent", "y"],
    ]);
  });

  test("a time outside of the calendar, as a number", async () => {
    const late = Buffer.from(file());
    Buffer.from([0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).copy(late, 136);
    late.fill(0x20, 148, 156);
    const sum = late.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    late.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    const [[, , , shown = ""] = []] = await compare([file()], [late]);
    expect(shown).toMatch(/^\d+ seconds$/);
  });

  test("all members with the same kind of difference as one finding, with a remedy", async () => {
    const members = (mtime: number) =>
      ["a", "b", "c"].map((name) => tarMember({ name, mtime: mtime && mtime + name.charCodeAt(0) }));
    const { causes } = await explain(tar(members(0)), tar(members(1_700_000_000)));
    expect(causes).toMatchObject([
      {
        kind: "timestamp",
        count: 3,
        place: "header of a",
        remedy: expect.stringContaining("tar --mtime=@$SOURCE_DATE_EPOCH"),
      },
    ]);
    const paxes = (build: string) =>
      ["a", "b"].flatMap((name) => [pax({ comment: `${build}${name}` }), tarMember({ name })]);
    expect((await explain(tar(paxes("x")), tar(paxes("y")))).causes).toMatchObject([
      { kind: "member-metadata", count: 2, remedy: expect.stringContaining("--no-xattrs") },
    ]);
  });
});

describe("tar: members", () => {
  const named = (...names: readonly string[]): Buffer[] => names.map((name) => tarMember({ name, body: `${name}\n` }));

  test("in one archive only", async () => {
    expect(await compare(named("a", "b", "c"), named("b"))).toEqual([["member-set", "members", "a, c", "-"]]);
    expect(await compare(named("b"), named("a", "b"))).toEqual([["member-set", "members", "-", "a"]]);
    expect(await compare(named("a", "b"), named("c", "a"))).toEqual([["member-set", "members", "b", "c"]]);
  });

  test("in a different order, from the first that moved", async () => {
    expect(await compare(named("a", "b", "c", "d", "e", "f"), named("a", "c", "b", "d", "e", "f"))).toEqual([
      ["member-order", "member 2", "b, c, d, e", "c, b, d, e"],
    ]);
    expect(await compare(named("x", "a", "b"), named("b", "a"))).toEqual([
      ["member-set", "members", "x", "-"],
      ["member-order", "member 1", "a, b", "b, a"],
    ]);
  });

  test("of the same name are numbered", async () => {
    const twice = (text: string): Buffer[] => [file(), file({ body: text }), file({ body: "three\n" })];
    expect(await compare(twice("one\n"), twice("two\n"))).toEqual([["embedded-text", "a (2): line 1", "one", "two"]]);
    expect(await compare([file(), file(), file()], [file()])).toEqual([["member-set", "members", "a (2), a (3)", "-"]]);
  });

  test("that are folders are equal with and without a final slash", async () => {
    expect(
      await compare([tarMember({ name: "d//", typeflag: "5" })], [tarMember({ name: "d", typeflag: "5" })]),
    ).toEqual([like("archive-format", "0x1, headers or padding")]);
    expect(await compare([tarMember({ name: "/", typeflag: "5" })], [tarMember({ name: "x", typeflag: "5" })])).toEqual(
      [["member-set", "members", "/", "x"]],
    );
  });

  test("that differ inside are named, and listed as parts", async () => {
    const members = (text: string): Buffer[] => [file(), tarMember({ name: "b", body: `start\n${text}\n` })];
    const found = await explain(tar(members("built by alice")), tar(members("built by bob")));
    expect(found).toMatchObject({
      format: "tar",
      causes: [{ kind: "embedded-text", place: "b: line 2", left: "built by alice", right: "built by bob" }],
      parts: [{ name: "b", left: 21, right: 19 }],
      excerpts: [{ place: "b: ", source: "lines", lines: ["@@ line 2 / 2 @@", "-built by alice", "+built by bob"] }],
      warnings: [],
    });
  });

  test("in different compression formats are compared under the left name", async () => {
    const { gzipSync, zstdCompressSync } = await import("node:zlib");
    const packed = [gzipSync("text\n"), zstdCompressSync("text\n")] as const;
    const [gz, zst] = [
      tarMember({ name: "data.gz", body: packed[0] }),
      tarMember({ name: "data.zst", body: packed[1] }),
    ];
    expect(await compare([gz], [zst])).toEqual([["compression", "data.gz: format", "gzip", "zstd"]]);
    expect(await compare([gz], [gz, zst])).toEqual([["member-set", "members", "-", "data.zst"]]);
    expect(await compare([gz, zst], [zst])).toEqual([["member-set", "members", "data.gz", "-"]]);
    expect(await compare([gz], [tarMember({ name: "other.zst", body: packed[1] })])).toEqual([
      ["member-set", "members", "data.gz", "other.zst"],
    ]);
    expect(await compare([gz], [tarMember({ name: "data.txt", body: packed[1] })])).toEqual([
      ["member-set", "members", "data.gz", "data.txt"],
    ]);
    expect(await compare([tarMember({ name: "data.gz.txt" })], [tarMember({ name: "data.zst.txt" })])).toEqual([
      ["member-set", "members", "data.gz.txt", "data.zst.txt"],
    ]);
  });

  test("are compared in detail up to 100, and the others are counted", async () => {
    const members = (count: number, text: string): Buffer[] =>
      Array.from({ length: count }, (_none, index) => tarMember({ name: `f${index}`, body: `${text} ${index}\n` }));
    const most = await explain(tar(members(100, "one")), tar(members(100, "two")));
    expect(most.warnings).toEqual([]);
    expect(most.causes.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    const more = await explain(tar(members(102, "one")), tar(members(102, "two")));
    expect(more.warnings).toEqual(["2 more members differ and were not compared in detail"]);
    expect(more.parts).toHaveLength(102);
    expect(more.causes.reduce((sum, { count }) => sum + count, 0)).toBe(100);
  });
});

describe("tar: differences outside of the members", () => {
  test("the name of a PAX header, which contains a process number in GNU tar", async () => {
    const named = (process: number) => [
      pax({ comment: "x" }),
      file({ name: "z" }),
      pax({ comment: "x" }, `./PaxHeaders.${process}/a`),
      file(),
    ];
    const { causes } = await explain(tar(named(12)), tar(named(99)));
    expect(causes).toMatchObject([
      {
        ...{ kind: "member-metadata", place: "name of a PAX header" },
        ...{ left: "./PaxHeaders.12/a", right: "./PaxHeaders.99/a" },
        remedy: expect.stringContaining("--pax-option=exthdr.name"),
      },
    ]);
  });

  test("padding at the end", async () => {
    expect(await causesOf(tar([file()], 2), tar([file()], 20))).toEqual([
      ["archive-format", "padding at the end", "2048 bytes", "11264 bytes"],
    ]);
    expect(await causesOf(tar([file()]), tar([file({ padding: 1 })]))).toEqual([
      ["archive-format", "padding at the end", "2048 bytes", "2048 bytes"],
    ]);
  });

  test("padding between members", async () => {
    expect(await compare([file(), tarMember({ name: "b" })], [file({ padding: 1 }), tarMember({ name: "b" })])).toEqual(
      [["archive-format", "0x205, headers or padding", "2560 bytes", "2560 bytes"]],
    );
  });
});
