import { randomBytes } from "node:crypto";
import { PassThrough, Transform } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { StreamCursor, TAR_END, TolerantTarReader, tarFile, tarHeader } from "@release-actions/archive";
import { PlainDigest } from "./plain-digest.ts";
import { MAX_RETAINED_BYTES, StreamedFiles } from "./streamed-files.ts";
import { chunked } from "./testing/archive-readers.ts";
import { digestOf, outputOf, pathOf } from "./testing/crafted-image.ts";

/** Reads a tar to its end. */
async function recorded(tar: Uint8Array, chunk = 777): Promise<StreamedFiles> {
  const files = new StreamedFiles();
  const reader = new TolerantTarReader(new StreamCursor(chunked(tar, chunk)));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    for await (const _ of files.record(member, reader.body()));
  }
  return files;
}
const tarOf = (...members: Uint8Array[]): Buffer => Buffer.concat([...members, TAR_END]);

describe("the files of a streamed tar", () => {
  const document = Buffer.from('{"a":1}');
  const zipped = gzipSync(document);

  test("have a size, a digest, a head and, if they are documents, their content", async () => {
    const noise = randomBytes(3000);
    const files = await recorded(
      tarOf(
        tarHeader({ kind: "directory", path: "d" }),
        tarFile("d/a.json", document),
        tarFile("noise", noise),
        tarFile("empty", ""),
      ),
    );
    expect(files.paths).toEqual(["d/a.json", "noise", "empty"]);
    expect(["d/a.json", "noise", "empty", "d/none"].map((path) => files.size(path))).toEqual([7, 3000, 0, undefined]);
    expect(files.digest("noise")).toBe(digestOf(noise));
    expect(files.digest("d/none")).toBeUndefined();
    expect(Buffer.from(await files.head("noise"))).toEqual(noise.subarray(0, 10));
    expect(await files.head("empty")).toHaveLength(0);
    expect(await files.head("d/none")).toHaveLength(0);
    expect(Buffer.from(await files.read("d/a.json"))).toEqual(document);
    for (const path of ["noise", "d/none"]) {
      await expect(files.read(path)).rejects.toMatchObject({
        problem: "malformed",
        message: `${path} is needed as a JSON document, but is not JSON or is too large`,
      });
    }
  });

  test.each([1, 7, 10, 11, 5000])("are the same in pieces of %d bytes", async (size) => {
    const tar = tarOf(tarFile("a.json", document), tarFile("b", Buffer.alloc(5000, "b")), tarFile("c", zipped));
    const files = await recorded(tar, size);
    expect(Buffer.from(await files.read("a.json"))).toEqual(document);
    expect(Buffer.from(await files.head("b")).toString()).toBe("bbbbbbbbbb");
    expect(files.digest("b")).toBe(digestOf(Buffer.alloc(5000, "b")));
    expect(files.plainDigest("c")).toBe(digestOf(document));
  });

  test("are found through links, by the name of the file itself", async () => {
    const link = tarHeader({ kind: "symlink", path: "x/link", target: "../a.json" });
    const files = await recorded(tarOf(tarFile("a.json", document), link));
    expect(files.resolve("x/link")).toBe("a.json");
    expect(files.resolve("none")).toBe("none");
    expect(files.digest("x/link")).toBe(digestOf(document));
    expect(files.paths).toEqual(["a.json", "x/link"]);
  });

  test.each(["sha256", "sha512"] as const)(
    "are refused when a blob does not match the %s in its name",
    async (algorithm) => {
      const digest = digestOf(document, algorithm);
      expect((await recorded(tarOf(tarFile(pathOf(digest), document)))).digest(pathOf(digest))).toBe(digest);
      await expect(recorded(tarOf(tarFile(pathOf(digest), '{"a":2}')))).rejects.toMatchObject({
        problem: "mismatch",
        message: `the blob ${digest} has the digest ${digestOf(Buffer.from('{"a":2}'), algorithm)}: its content was changed`,
      });
    },
  );

  test("have the digest of their decompressed content, unless their name is their own digest", async () => {
    const files = await recorded(
      tarOf(tarFile("layer", zipped), tarFile(pathOf(digestOf(zipped)), zipped), tarFile("plain", document)),
    );
    expect(files.plainDigest("layer")).toBe(digestOf(document));
    expect(files.plainDigest(pathOf(digestOf(zipped)))).toBeUndefined();
    expect(files.plainDigest("plain")).toBeUndefined();
  });

  test("are no longer decompressed when their reader stops or their archive cannot be read", async () => {
    const tar = tarOf(tarFile("layer", gzipSync(randomBytes(3000))));
    async function* failing() {
      yield tar.subarray(0, 2000);
      throw new Error("connection reset");
    }
    const read = async (bytes: AsyncIterable<Uint8Array>, chunks: number): Promise<void> => {
      const reader = new TolerantTarReader(new StreamCursor(bytes));
      const member = await reader.next();
      if (member === undefined) throw new Error("no member");
      let left = chunks;
      for await (const _ of new StreamedFiles().record(member, reader.body())) {
        left -= 1;
        if (left === 0) break;
      }
    };
    const inputs = new Set<PassThrough>();
    PassThrough.prototype.write = function (this: PassThrough, ...args: Parameters<PassThrough["write"]>) {
      inputs.add(this);
      return Transform.prototype.write.apply(this, args);
    } as PassThrough["write"];
    try {
      await read(chunked(tar), 1);
      await expect(read(failing(), Number.POSITIVE_INFINITY)).rejects.toThrow("connection reset");
    } finally {
      Reflect.deleteProperty(PassThrough.prototype, "write");
    }
    expect([...inputs].map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  test("keep their content up to a total limit", async () => {
    const big = (letter: string): Buffer => Buffer.from(`["${letter.repeat((8 << 20) - 4)}"]`);
    expect(MAX_RETAINED_BYTES).toBe(4 * big("a").length);
    const letters = ["a", "b", "c", "d"];
    const files = await recorded(
      tarOf(
        ...letters.map((letter) => tarFile(letter, big(letter))),
        tarFile("none", ""),
        tarFile("late", "[1, 2, 3, 4]"),
        tarFile("large", `[${" ".repeat((8 << 20) - 1)}]`),
      ),
      1 << 20,
    );
    for (const letter of letters) expect(await files.read(letter)).toHaveLength(8 << 20);
    for (const path of ["late", "large"]) await expect(files.read(path)).rejects.toThrow("is not JSON or is too large");
  });
});

describe("PlainDigest", () => {
  const content = randomBytes(20_000);
  const of = async (bytes: Uint8Array, piece: number) => {
    const plain = new PlainDigest();
    for (let at = 0; at < bytes.length; at += piece) await plain.add(bytes.subarray(at, at + piece));
    return await plain.end();
  };

  test.each<[name: string, compress: (bytes: Buffer) => Buffer]>([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
    ["xz", (bytes) => outputOf("xz", ["-c"], bytes)],
    ["bzip2", (bytes) => outputOf("bzip2", ["-c"], bytes)],
  ])("returns the digest of the content in %s", async (_name, compress) => {
    for (const piece of [100, 1 << 20]) expect(await of(compress(content), piece)).toBe(digestOf(content));
    expect(await of(compress(Buffer.of(1)), 1)).toBe(digestOf(Buffer.of(1)));
  });

  test("returns the digest of content in pieces larger than the decompressor's buffer", async () => {
    const large = randomBytes(600_000);
    expect(await of(gzipSync(large), 1 << 18)).toBe(digestOf(large));
  });

  test("returns undefined for an uncompressed file of any length", async () => {
    expect(await of(content, 3000)).toBeUndefined();
    expect(await of(Buffer.from("BZh91AY"), 1)).toBeUndefined();
    expect(await of(Buffer.of(), 1)).toBeUndefined();
  });

  test("throws for a damaged file", async () => {
    const damaged = gzipSync(content);
    damaged.fill(0, 20, 2000);
    await expect(of(damaged, 100)).rejects.toThrow();
    await expect(of(gzipSync(content).subarray(0, -9), 100)).rejects.toThrow();
  });
});
