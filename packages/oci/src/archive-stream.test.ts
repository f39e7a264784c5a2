import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { memorySource, WindowedSource } from "@release-actions/archive";
import { zip } from "@release-actions/archive/testing";
import { artifactContent, formatOfImage, isCompanion, isWrapping, notATar, openTarStream } from "./archive-stream.ts";
import { checkImageArchive } from "./check-image-archive.ts";
import { digestImageArchive, indexImageArchive } from "./index-image-archive.ts";
import { locateTar } from "./locate-tar.ts";
import { chunked } from "./testing/archive-readers.ts";
import {
  addImage,
  dockerArchive,
  type Files,
  layout,
  outputOf,
  pathOf,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("openTarStream", () => {
  const tar = tarOf(soundLayout());

  test.each<[wrapping: string, bytes: Buffer]>([
    ["none", tar],
    ["gzip", gzipSync(tar)],
    ["xz", outputOf("xz", ["-c"], tar)],
    ["bzip2", outputOf("bzip2", ["-c"], tar)],
  ])("decompresses %s", async (wrapping, bytes) => {
    const stream = await openTarStream(chunked(bytes));
    expect(stream.wrapping).toBe(wrapping);
    expect(await bytesOf(stream.bytes)).toEqual(tar);
  });

  test.each<[name: string, bytes: Buffer, found: string]>([
    ["gzip", gzipSync("x"), "of no known format"],
    ["gzip in gzip", gzipSync(gzipSync(tar)), "gzip data with no tar in it"],
    ["xz in gzip", gzipSync(outputOf("xz", ["-c"], tar)), "xz data with no tar in it"],
    ["an empty gzip", gzipSync(""), "an empty file"],
  ])("refuses %s without a tar in it", async (_name, bytes, found) => {
    const { bytes: content } = await openTarStream(chunked(bytes));
    await expect(bytesOf(content)).rejects.toMatchObject({
      problem: "not-an-image",
      message: `it is ${found}, expected a tar of an image`,
    });
  });

  test.each([
    ["tar", "a tar"],
    ["gzip", "gzip data with no tar in it"],
    ["zstd", "zstd data with no tar in it"],
    ["zip", "a zip"],
    ["xz", "xz data with no tar in it"],
    ["bzip2", "bzip2 data with no tar in it"],
    ["html", "a web page"],
    ["json", "JSON"],
    ["empty", "an empty file"],
    ["unknown", "of no known format"],
  ] as const)("describes the format %s in its error", (format, name) => {
    expect(notATar(format).message).toBe(`it is ${name}, expected a tar of an image`);
    expect(notATar(format).advice).toContain("`docker save --output <file>`");
    expect(isWrapping(format)).toBe(["gzip", "zstd", "xz", "bzip2"].includes(format));
  });

  test("accepts a tar from before POSIX, without a magic", () => {
    const v7 = outputOf("tar", ["-c", "--format=v7", "-C", import.meta.dirname, "index.ts"]);
    expect(formatOfImage(v7.subarray(0, 512))).toBe("tar");
    expect(formatOfImage(v7.subarray(0, 100))).toBe("unknown");
    expect(formatOfImage(gzipSync("x"))).toBe("gzip");
  });
});

test.each([
  ["__MACOSX/a", true],
  ["a/__MACOSX/b", true],
  ["._a", true],
  ["a/._b", true],
  [".DS_Store", true],
  ["a/.DS_Store", true],
  ["a.DS_Store", false],
  [".DS_Store.tar", false],
  ["a._b", false],
  ["x__MACOSX/a", false],
])("%s comes from macOS: %s", (path, expected) => expect(isCompanion(path)).toBe(expected));

describe("the content of an artifact", () => {
  const content = async (...entries: Parameters<typeof zip>[0]): Promise<string> =>
    (await bytesOf(artifactContent(chunked(zip(entries))))).toString();

  test("is its only file, in any folder", async () => {
    expect(await content({ name: "a/", data: "", mode: 0o40755 }, { name: "a/b", data: "bytes" })).toBe("bytes");
    expect((await bytesOf(artifactContent(chunked(Buffer.from("no zip"))))).toString()).toBe("no zip");
    expect(await bytesOf(artifactContent(chunked(Buffer.of())))).toHaveLength(0);
  });

  test("is refused with no file and with several", async () => {
    await expect(content()).rejects.toMatchObject({
      problem: "not-an-image",
      message: "the artifact's zip holds no file",
    });
    await expect(content({ name: "._a", data: "x" })).rejects.toThrow("holds no file");
    await expect(content({ name: "a", data: "x" }, { name: "b", data: "y" })).rejects.toMatchObject({
      problem: "ambiguous",
      message: "the artifact's zip holds several files, expected only the image archive",
    });
  });
});

describe("the tar inside an artifact", () => {
  const tar = tarOf(soundLayout());
  const located = (bytes: Buffer) => locateTar(new WindowedSource(memorySource(bytes)));

  test("is found next to folders and files that macOS adds", async () => {
    const found = await located(
      zip([
        { name: "a/", data: "", mode: 0o40755 },
        { name: "__MACOSX/._a", data: "x" },
        { name: "a/b.tar", data: tar },
      ]),
    );
    if (found.kind !== "anywhere") throw new Error(found.why);
    expect(await bytesOf(found.source.read(0, found.source.size))).toEqual(tar);
  });

  test("is requested at both ends at once", async () => {
    const fetched: [number, number][] = [];
    const bytes = zip([{ name: "a.tar", data: Buffer.concat([tar, Buffer.alloc(200_000)]) }]);
    const memory = memorySource(bytes);
    await locateTar(
      new WindowedSource({
        ...memory,
        read: (offset, length, signal) => {
          fetched.push([offset, length]);
          return memory.read(offset, length, signal);
        },
      }),
    );
    expect(fetched.slice(0, 2)).toEqual([
      [bytes.length - 65_536, 65_536],
      [0, 32_768],
    ]);
  });

  test.each([
    ["no file", [{ name: "a/", data: "", mode: 0o40755 }], "not-an-image"],
    [
      "two files",
      [
        { name: "a", data: "x" },
        { name: "b", data: "y" },
      ],
      "ambiguous",
    ],
  ])("is refused with %s", async (_name, entries, problem) => {
    await expect(located(zip(entries))).rejects.toMatchObject({ problem });
  });
});

describe("an archive that is read with random access", () => {
  const stopped = AbortSignal.abort(new Error("stopped"));
  const source = () => new WindowedSource(memorySource(tarOf(soundLayout())));

  test("can be cancelled", async () => {
    await expect(indexImageArchive(source(), stopped)).rejects.toThrow("stopped");
    await expect(digestImageArchive(source(), stopped)).rejects.toThrow("stopped");
    await expect(locateTar(source(), stopped)).rejects.toThrow("stopped");
  });

  test("reports whether it has end blocks", async () => {
    const tar = tarOf(soundLayout());
    const cut = () => new WindowedSource(memorySource(tar.subarray(0, -1024)));
    expect((await indexImageArchive(source())).hasEndBlocks).toBe(true);
    expect((await indexImageArchive(cut())).hasEndBlocks).toBe(false);
    expect((await digestImageArchive(source())).hasEndBlocks).toBe(true);
    expect((await digestImageArchive(cut())).hasEndBlocks).toBe(false);
  });

  test("is read for the requested image", async () => {
    const files: Files = {};
    const [one, two] = [addImage(files), addImage(files, { layers: ["two"] })];
    const windows = new WindowedSource(memorySource(tarOf(layout(files, [one, two]))));
    expect((await indexImageArchive(windows, undefined, { image: two.digest })).archive.digest).toBe(two.digest);
  });
});

describe("a check before an upload", () => {
  const check = (files: Files) => checkImageArchive(chunked(tarOf(files)));

  test("requires all layers of all images", async () => {
    const files = soundLayout();
    const image = (await check(files)).archive.images[0];
    const paths = image?.layers.map(({ digest }) => pathOf(digest ?? "")) ?? [];
    const without = { ...files, ...Object.fromEntries(paths.map((path) => [path, undefined])) };
    await expect(check(without)).rejects.toMatchObject({
      problem: "missing",
      message: `the image for linux/amd64 lacks its layers ${image?.layers.map(({ digest }) => digest).join(", ")}`,
      advice: "Save the image again, with all of its content.",
    });
  });

  test("refuses two images for one platform in index.json, by their names or digests", async () => {
    const files: Files = {};
    const [one, two] = [addImage(files), addImage(files, { layers: ["two"] })];
    await expect(check(layout(files, [one, two]))).rejects.toThrow(
      `the archive holds 2 images: ${one.digest}, ${two.digest}`,
    );
    const named = [one, two].map((image, index) => ({
      ...image,
      annotations: { "io.containerd.image.name": `app:${index}` },
    }));
    await expect(check(layout(files, named))).rejects.toThrow("the archive holds 2 images: app:0, app:1");
  });

  test("reports the compression of the tar, and whether it has end blocks", async () => {
    const tar = tarOf(dockerArchive());
    expect(await checkImageArchive(chunked(gzipSync(tar)))).toMatchObject({ wrapping: "gzip", hasEndBlocks: true });
    expect(await checkImageArchive(chunked(tar.subarray(0, -1024)))).toMatchObject({
      wrapping: "none",
      hasEndBlocks: false,
    });
  });
});
