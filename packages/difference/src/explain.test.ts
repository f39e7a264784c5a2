import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { zip } from "@release-actions/archive/testing";
import { explainDifference } from "./explain.ts";
import { ar } from "./testing/ar.ts";
import { elf } from "./testing/elf.ts";
import { causesOf, explain } from "./testing/explain.ts";
import { macho } from "./testing/macho.ts";
import { pe } from "./testing/pe.ts";
import { tar, tarMember } from "./testing/tar.ts";

const PYC = Buffer.concat([Buffer.from([0xcb, 0x0d, 0x0d, 0x0a]), Buffer.alloc(12)]);
const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

describe("explainDifference", () => {
  test.each<[format: string, bytes: Uint8Array]>([
    ["elf", elf()],
    ["macho", macho({})],
    ["ar", ar([])],
    ["png", PNG],
    ["pe", pe()],
    ["pyc", PYC],
    ["zip", zip([])],
    ["gzip", gzipSync("")],
    ["tar", tar([tarMember({ name: "a" })])],
    ["tar", tar([tarMember({ name: "a", form: "v7" })])],
    ["unknown", Buffer.from("text")],
    ["empty", Buffer.alloc(0)],
    ["json", Buffer.from("{}")],
  ])("detects the format %s by content", async (format, bytes) => {
    expect(await explain(bytes, bytes)).toMatchObject({ format, causes: [], map: { differing: 0 } });
  });

  test("compares the bytes of files in different formats", async () => {
    expect(await explain(elf(), macho({}))).toMatchObject({ format: "elf and macho", causes: [{ kind: "content" }] });
    expect(await explain(gzipSync("a"), tar([]))).toMatchObject({ causes: [{ kind: "content" }] });
    expect((await explain(tar([tarMember({ name: "a" })]), gzipSync("a"))).damage).toBeUndefined();
  });

  test("compares the bytes when the format's comparison finds no cause", async () => {
    const rest = (byte: number): Buffer => Buffer.concat([PNG, Buffer.from([byte])]);
    expect(await explain(rest(1), rest(2))).toMatchObject({
      format: "png",
      causes: [{ kind: "content", place: "0x8" }],
    });
  });

  test("compares the bytes of a damaged file, and reports the first damage with its place", async () => {
    const damaged = ar([{ name: "a/", body: "x", size: "9" }]);
    const inside = (bytes: Uint8Array): Buffer =>
      tar([tarMember({ name: "one.a", body: bytes }), tarMember({ name: "two.a", body: bytes })]);
    const { damage, causes } = await explain(inside(ar([{ name: "a/", body: "x" }])), inside(damaged));
    expect(damage).toMatch(/^one\.a: the ar archive has no valid member at byte 8/);
    expect(causes.length).toBeGreaterThan(0);
    expect(await explain(tar([]), tar([tarMember({ name: "a" })]))).not.toHaveProperty("damage");
  });

  test("does not treat an unrelated error as damage", async () => {
    const broken = {
      size: 512,
      async *read(_offset: number, length: number) {
        if (length > 60) yield Buffer.alloc(length).fill("!<arch>\n", 0, 8);
        else throw new TypeError("a bug");
      },
    };
    await expect(explainDifference([broken, memorySource(ar([]))], { scratch: "" })).rejects.toThrow("a bug");
  });

  test("leaves out digests of files that are reported to differ", async () => {
    const digests = ["c3710b0b980b716464abd0a83acffd35", "5204602de8eac381227d612974a999c9"];
    const packed = (index: number): Buffer =>
      tar([
        tarMember({ name: "app.txt", body: `built by ${index}\n` }),
        tarMember({ name: "md5sums", body: `${digests[index]}  app.txt\n` }),
      ]);
    expect(await causesOf(packed(0), packed(1))).toEqual([
      ["embedded-text", "app.txt: line 1", "built by 0", "built by 1"],
    ]);
  });

  test("reports no number as a time when the builds' times are unknown", async () => {
    const number = (seconds: number): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(seconds));
      return bytes;
    };
    const [left, right] = [memorySource(number(1_700_000_000)), memorySource(number(1_763_636_400))];
    expect((await explainDifference([left, right], { scratch: "" })).causes).toMatchObject([{ kind: "content" }]);
    const dated = ["2023-11-14T10:00:00Z", "2025-11-20T10:00:00Z"].map((text) => memorySource(Buffer.from(text)));
    const [one, other] = dated;
    if (one === undefined || other === undefined) throw new Error("there are two");
    expect((await explainDifference([one, other], { scratch: "" })).causes).toMatchObject([{ kind: "timestamp" }]);
  });

  test("stops when the signal is aborted", async () => {
    const [left, right] = [memorySource(Buffer.from("a")), memorySource(Buffer.from("b"))];
    const options = { scratch: "", signal: AbortSignal.abort(new Error("enough")) };
    await expect(explainDifference([left, right], options)).rejects.toThrow("enough");
  });
});
