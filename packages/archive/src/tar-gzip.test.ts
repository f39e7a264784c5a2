import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { type PackedFile, packTarGzip, readTarGzip } from "./tar-gzip.ts";
import { member, tar } from "./testing/crafted-tar.ts";

const limits = {
  maxBytes: 10,
  tooLarge: () => new Error("too large"),
  isLink: (path: string) => new Error(`${path} is a link`),
};
const files: readonly PackedFile[] = [
  { path: "b", content: Buffer.from("second") },
  { path: "a/program", content: Buffer.from("#!"), mode: 0o755 },
];

async function read(bytes: Uint8Array): Promise<[string, string, number][]> {
  const found: [string, string, number][] = [];
  for await (const { path, content, mode } of readTarGzip(bytes, limits)) {
    found.push([path, Buffer.from(content).toString(), mode]);
  }
  return found;
}

describe("packTarGzip", () => {
  test("packs files in the order given, with their modes", async () => {
    expect(await read(await packTarGzip(files))).toEqual([
      ["b", "second", 0o644],
      ["a/program", "#!", 0o755],
    ]);
  });

  test("leaves out the operating system and the time, so that every machine writes the same bytes (RFC 1952, 2.3.1)", async () => {
    const bytes = Buffer.from(await packTarGzip(files));
    // Magic, deflate, no flags, no time, best compression, unknown operating system.
    expect(bytes.subarray(0, 10).toString("hex")).toBe("1f8b08000000000002ff");
    expect(gunzipSync(bytes).length % 512).toBe(0);
  });

  test("compresses at the requested level", async () => {
    const fastest = Buffer.from(await packTarGzip(files, 1));
    expect(fastest[8]).toBe(4);
    expect(gunzipSync(fastest).equals(gunzipSync(await packTarGzip(files)))).toBe(true);
  });
});

describe("readTarGzip", () => {
  test("skips folders", async () => {
    const archive = tar(member({ name: "a/", typeflag: "5" }), member({ name: "a/b", body: "x" }));
    expect(await read(gzipSync(archive))).toEqual([["a/b", "x", 0o644]]);
  });

  test("accepts files up to a total size limit, and refuses a larger file before it returns it", async () => {
    const archive = tar(member({ name: "a", body: "12345" }), member({ name: "b", body: "67890" }));
    expect(await read(gzipSync(archive))).toHaveLength(2);
    const larger = tar(member({ name: "a", body: "12345" }), member({ name: "b", body: "678901" }));
    await expect(read(gzipSync(larger))).rejects.toThrow("too large");
  });

  test.each(["1", "2"])("refuses a link of type %s with the caller's message", async (typeflag) => {
    const archive = tar(member({ name: "a" }), member({ name: "l", typeflag, linkName: "a" }));
    await expect(read(gzipSync(archive))).rejects.toThrow("l is a link");
  });

  test("refuses data that is not gzip", async () => {
    await expect(read(tar(member({ name: "a" })))).rejects.toThrow("this is not gzip data");
  });
});
