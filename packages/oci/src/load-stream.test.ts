import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { indexTar, memorySource, readExactly, tarFile, tarHeader } from "@release-actions/archive";
import { type CraftedEntry, zip } from "@release-actions/archive/testing";
import { parsePlatform } from "@release-actions/platform";
import { artifactContent } from "./archive-stream.ts";
import type { ImageArchive } from "./image-archive.ts";
import { loadedIds } from "./layout-tail.ts";
import { type RepackOptions, repackForLoad } from "./load-stream.ts";
import { selectImage } from "./select-image.ts";
import { chunked } from "./testing/archive-readers.ts";
import {
  addImage,
  addIndex,
  digestOf,
  dockerArchive,
  type Files,
  layerTar,
  layout,
  pathOf,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";

const amd64 = { os: "linux", architecture: "amd64" };
const arm64 = { os: "linux", architecture: "arm64" };

interface Repacked {
  readonly archive: ImageArchive;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly bytes: Buffer;
}

async function repack(bytes: AsyncIterable<Uint8Array>, platform = amd64, options?: RepackOptions): Promise<Repacked> {
  const chunks: Uint8Array[] = [];
  const approved: ImageArchive[] = [];
  const approve = (archive: ImageArchive) => {
    approved.push(archive);
    return selectImage(archive, platform);
  };
  const stream = repackForLoad(bytes, approve, options);
  for await (const chunk of stream) chunks.push(chunk);
  const [archive] = approved;
  if (archive === undefined) throw new Error("nothing was approved");
  const output = Buffer.concat(chunks);
  return { archive, files: await filesOf(output), bytes: output };
}

async function filesOf(tar: Buffer): Promise<Map<string, Buffer>> {
  const source = memorySource(tar);
  const { members, hasEndBlocks } = await indexTar(source);
  expect(hasEndBlocks).toBe(true);
  const files = new Map<string, Buffer>();
  for (const { path, offset, size } of members.values()) {
    files.set(path, Buffer.from(await readExactly(source, offset, size)));
  }
  return files;
}

const json = (files: ReadonlyMap<string, Buffer>, path: string) => JSON.parse(files.get(path)?.toString() ?? "null");

describe("repackForLoad", () => {
  test("passes on all blobs, and describes the image for both kinds of engine (F72)", async () => {
    const files = soundLayout();
    const { archive, files: out } = await repack(chunked(tarOf(files)));
    const blobs = Object.keys(files).filter((path) => path.startsWith("blobs/"));
    for (const path of blobs) expect(out.get(path)?.equals(files[path] ?? Buffer.alloc(0))).toBe(true);
    expect([...out.keys()]).toEqual([...blobs.sort(), "index.json", "oci-layout", "manifest.json"]);
    const [image] = archive.images;
    expect(json(out, "index.json").manifests).toEqual([
      { mediaType: image?.manifest?.mediaType, digest: archive.digest, size: image?.manifest?.bytes.length },
    ]);
    expect(json(out, "manifest.json")).toEqual([
      {
        Config: pathOf(image?.config.digest ?? ""),
        RepoTags: null,
        Layers: image?.layers.map(({ digest }) => pathOf(digest ?? "")),
      },
    ]);
  });

  test("leaves out the archive's own names, since the tag only moves after the load", async () => {
    const files: Files = {};
    const named = { ...addImage(files), annotations: { "io.containerd.image.name": "localhost/own:1" } };
    const { bytes, archive } = await repack(chunked(tarOf(layout(files, [named]))));
    expect(archive.names).toEqual(["localhost/own:1"]);
    expect(bytes.includes("localhost/own")).toBe(false);
  });

  test("lists only the requested platform's image for engines without the containerd store", async () => {
    const files: Files = {};
    const [one, other] = [addImage(files), addImage(files, { platform: arm64, layers: ["arm"] })];
    const index = addIndex(files, [one, other]);
    const { archive, files: out } = await repack(chunked(tarOf(layout(files, [index]))), arm64);
    const image = selectImage(archive, arm64);
    expect(json(out, "manifest.json")).toHaveLength(1);
    expect(json(out, "manifest.json")[0].Config).toBe(image.config.path);
    expect(json(out, "index.json").manifests).toMatchObject([{ digest: index.digest }]);
    expect(loadedIds(archive, image)).toEqual({ containerd: index.digest, classic: image.config.digest });
  });

  test("lists one manifest when the archive's index.json lists several", async () => {
    const files: Files = {};
    const [one, other] = [addImage(files), addImage(files, { platform: arm64, layers: ["arm"] })];
    const { archive, files: out } = await repack(chunked(tarOf(layout(files, [one, other]))), arm64);
    expect(json(out, "index.json").manifests).toMatchObject([{ digest: other.digest }]);
    expect(loadedIds(archive, selectImage(archive, arm64)).containerd).toBe(other.digest);
  });

  test("writes the manifest of a docker archive last, wherever it was", async () => {
    const files = dockerArchive();
    const first = Buffer.concat([
      tarFile("manifest.json", files["manifest.json"] ?? ""),
      tarOf({ ...files, "manifest.json": undefined }),
    ]);
    const { archive, files: out } = await repack(chunked(first));
    expect([...out.keys()].at(-1)).toBe("manifest.json");
    expect(json(out, "manifest.json")[0]).toMatchObject({ RepoTags: null, Config: archive.images[0]?.config.path });
    expect(out.has("index.json")).toBe(false);
  });

  test.each(["none", "gzip"] as const)(
    "converts a docker archive to a layout for the containerd store, so that its identity is known (layers: %s)",
    async (compression) => {
      const { archive, files: out } = await repack(chunked(tarOf(dockerArchive({ compression }))), amd64, {
        store: "containerd",
      });
      const digest = archive.root?.digest ?? "";
      expect(json(out, "index.json").manifests).toMatchObject([{ digest }]);
      expect(out.get(pathOf(digest))?.equals(archive.root?.bytes ?? Buffer.alloc(0))).toBe(true);
      const contents = new Set([...out.values()].map((bytes) => digestOf(bytes)));
      const manifest = json(out, pathOf(digest));
      for (const blob of [manifest.config, ...manifest.layers]) expect(contents).toContain(blob.digest);
    },
  );

  test("writes a layer that is a link under the name of its target (B66)", async () => {
    const { linked, layerPath } = linkedArchive();
    const { files: out } = await repack(chunked(linked));
    expect(json(out, "manifest.json")[0].Layers).toEqual([layerPath, layerPath]);
    expect([...out.keys()].filter((path) => path.endsWith("layer.tar"))).toEqual([layerPath]);
  });

  test.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ] as const)("decompresses an archive that is compressed with %s as a whole", async (_, compress) => {
    const files = soundLayout();
    const plain = await repack(chunked(tarOf(files)));
    const wrapped = await repack(chunked(compress(tarOf(files))));
    expect(wrapped.bytes.equals(plain.bytes)).toBe(true);
  });

  describe("for an engine that does not support the layers' compression", () => {
    const compressions = new Set(["zstd", "xz", "bzip2"] as const);
    const made = { layout: soundLayout, "docker archive": dockerArchive };
    const layers = ["one".repeat(9000), "two"];
    const cases = [...compressions].flatMap((compression) =>
      (["layout", "docker archive"] as const).map((kind) => ({ compression, kind })),
    );

    test.each(cases)("decompresses the $compression layers of a $kind", async ({ compression, kind }) => {
      const tempFolder = await mkdtemp(path.join(tmpdir(), "load-stream-"));
      const bytes = chunked(tarOf(made[kind]({ layers, compression })));
      const { archive, files: out } = await repack(bytes, amd64, {
        store: "other",
        decompress: { compressions, tempFolder },
      });
      const [image] = archive.images;
      const paths: string[] = json(out, "manifest.json")[0].Layers;
      expect(paths).toEqual(image?.layers.map(({ diffId }) => pathOf(diffId)));
      expect(paths.map((path) => out.get(path))).toEqual(layers.map(layerTar));
      expect(json(out, "manifest.json")[0].Config).toBe(image?.config.path);
      expect(await readdir(tempFolder)).toEqual([]);
      await rm(tempFolder, { recursive: true });
    });

    test("works when another program has deleted the folder for temporary files", async () => {
      const tempFolder = await mkdtemp(path.join(tmpdir(), "load-stream-"));
      const approve = (archive: ImageArchive) => {
        rmSync(tempFolder, { recursive: true });
        return selectImage(archive, amd64);
      };
      const bytes = chunked(tarOf(soundLayout({ layers, compression: "zstd" })));
      const stream = repackForLoad(bytes, approve, { store: "other", decompress: { compressions, tempFolder } });
      const output: Uint8Array[] = [];
      for await (const chunk of stream) output.push(chunk);
      expect(json(await filesOf(Buffer.concat(output)), "manifest.json")).toHaveLength(1);
    });

    test("uses the last of two layers with one name, even when only the first is compressed", async () => {
      const files = dockerArchive({ layers: ["one"], layerPath: () => "layer.tar" });
      const first = tarFile("layer.tar", zstdCompressSync(layerTar("replaced")));
      const { files: out } = await repack(chunked(Buffer.concat([first, tarOf(files)])), amd64, {
        store: "other",
        decompress: { compressions },
      });
      expect(json(out, "manifest.json")[0].Layers).toEqual(["layer.tar"]);
      expect(out.get("layer.tar")?.equals(layerTar("one"))).toBe(true);
    });

    test("does not change layers with a supported compression", async () => {
      const tar = tarOf(soundLayout({ layers, compression: "gzip" }));
      const [plain, other] = [
        await repack(chunked(tar)),
        await repack(chunked(tar), amd64, { store: "other", decompress: { compressions } }),
      ];
      expect(other.bytes.equals(plain.bytes)).toBe(true);
    });

    test.each(["xz", "bzip2"] as const)(
      "gives containerd no manifest with a media type for %s layers",
      async (compression) => {
        const bytes = chunked(tarOf(dockerArchive({ layers, compression })));
        const { archive, files: out } = await repack(bytes, amd64, {
          store: "containerd",
          decompress: { compressions },
        });
        expect(out.has("index.json")).toBe(false);
        expect(loadedIds(archive, selectImage(archive, amd64)).containerd).toBeUndefined();
      },
    );

    test("refuses a layer that does not match its diff ID before the image is complete", async () => {
      const rootfs = { type: "layers", diff_ids: [digestOf(Buffer.from("other")), digestOf(layerTar("two"))] };
      const tar = tarOf(soundLayout({ layers, compression: "zstd", config: { rootfs } }));
      const output: Uint8Array[] = [];
      const reading = (async () => {
        const stream = repackForLoad(chunked(tar), (archive) => selectImage(archive, amd64), {
          store: "other",
          decompress: { compressions },
        });
        for await (const chunk of stream) output.push(chunk);
      })();
      await expect(reading).rejects.toThrow(
        /^the layer blobs\/sha256\/\w+ has the content sha256:\w+, the config's diff ID says sha256:/,
      );
      expect(Buffer.concat(output).includes("manifest.json")).toBe(false);
    });
  });

  test("stops before the tail when the archive is not approved (F78)", async () => {
    const output: Uint8Array[] = [];
    const stream = repackForLoad(chunked(tarOf(soundLayout())), (archive) => selectImage(archive, arm64));
    const reading = (async () => {
      for await (const chunk of stream) output.push(chunk);
    })();
    await expect(reading).rejects.toThrow("there is no image for linux/arm64; the archive has linux/amd64");
    expect(Buffer.concat(output).includes("index.json")).toBe(false);
    expect(Buffer.concat(output).includes("manifest.json")).toBe(false);
  });

  test.each([
    ["truncated", (tar: Buffer) => tar.subarray(0, tar.length - 3000)],
    ["changed", (tar: Buffer) => change(tar)],
  ])("never lets an archive that was %s become an image (F64, B03)", async (_, damage) => {
    const tar = tarOf(soundLayout());
    const output: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of repackForLoad(chunked(damage(tar)), (archive) => selectImage(archive, amd64)))
        output.push(chunk);
    })();
    await expect(reading).rejects.toThrow();
    expect(Buffer.concat(output).includes("manifest.json")).toBe(false);
  });
});

describe("selectImage", () => {
  const platforms = [
    { os: "linux", architecture: "arm", variant: "v6" },
    { os: "linux", architecture: "arm", variant: "v5" },
    { os: "linux", architecture: "amd64" },
  ];

  test.each([
    ["linux/arm/v7", "v6"],
    ["linux/arm/v6", "v6"],
    ["linux/arm/v5", "v5"],
    ["linux/x86_64", undefined],
    ["linux/amd64/v3", undefined],
  ])("selects for %s the best image that it can run", async (wanted, variant) => {
    const { archive } = await repack(chunked(tarOf(severalPlatforms(platforms))));
    expect(selectImage(archive, parsePlatform(wanted) ?? amd64).platform.variant).toBe(variant);
  });

  test.each(["linux/386", "windows/amd64", "linux/arm64"])(
    "finds no image for %s and lists the available ones (B46, B47)",
    async (wanted) => {
      const { archive } = await repack(chunked(tarOf(severalPlatforms(platforms))));
      expect(() => selectImage(archive, parsePlatform(wanted) ?? amd64)).toThrow(
        `there is no image for ${wanted}; the archive has linux/arm/v6, linux/arm/v5, linux/amd64`,
      );
    },
  );

  test("refuses only an image that lacks a layer (F65, F71)", async () => {
    const files = severalPlatforms(platforms.slice(1));
    const { archive } = await repack(chunked(tarOf(files)));
    const lost = archive.images[0]?.layers[1]?.digest ?? "";
    const without = await repack(chunked(tarOf({ ...files, [pathOf(lost)]: undefined })));
    expect(selectImage(without.archive, amd64).missing).toEqual([]);
    expect(() => selectImage(without.archive, { os: "linux", architecture: "arm", variant: "v5" })).toThrow(
      `the image for linux/arm/v5 lacks its layer ${lost}`,
    );
  });
});

describe("artifactContent", () => {
  test("returns a file that is not a zip unchanged", async () => {
    const tar = tarOf(soundLayout());
    const read = await repack(artifactContent(chunked(tar)));
    expect(read.archive.images).toHaveLength(1);
  });

  test.each<[string, Partial<CraftedEntry>]>([
    ["a stored zip", { descriptor: "signed" }],
    ["a deflated zip", { deflate: true, descriptor: "signed" }],
  ])("returns the only file of %s", async (_, more) => {
    const read = await repack(
      artifactContent(chunked(zip([{ name: "restate.tar", data: tarOf(soundLayout()), ...more }]))),
    );
    expect(read.archive.images).toHaveLength(1);
  });

  const data = tarOf(soundLayout());
  test.each<[string, Buffer]>([
    ["whose CRC is wrong (B78)", zip([{ name: "a", data, crc: 7 }])],
    ["whose directory names another file (B75)", zip([{ name: "a", data, nameLocal: "b" }])],
    ["without a directory (B71)", zip([{ name: "a", data }]).subarray(0, -22)],
    [
      "with two files",
      zip([
        { name: "a", data },
        { name: "b", data: "x" },
      ]),
    ],
    ["with bytes after it (B88)", Buffer.concat([zip([{ name: "a", data }]), Buffer.from("x")])],
  ])("never lets the file of a zip %s become an image", async (_, bytes) => {
    const output: Uint8Array[] = [];
    const stream = repackForLoad(artifactContent(chunked(bytes)), (archive) => selectImage(archive, amd64));
    const reading = (async () => {
      for await (const chunk of stream) output.push(chunk);
    })();
    await expect(reading).rejects.toThrow();
    expect(Buffer.concat(output).includes("manifest.json")).toBe(false);
  });
});

function severalPlatforms(platforms: readonly { os: string; architecture: string; variant?: string }[]): Files {
  const files: Files = {};
  const images = platforms.map((platform) => addImage(files, { platform, layers: ["base", JSON.stringify(platform)] }));
  return layout(files, [addIndex(files, images)]);
}

function linkedArchive(): { linked: Buffer; layerPath: string } {
  const files = dockerArchive({ layers: ["same", "same"] });
  const [layerPath = "", otherPath = ""] = Object.keys(files).filter((path) => path.endsWith("layer.tar"));
  const link = tarHeader({ kind: "symlink", path: otherPath, target: `../${layerPath}` });
  return { linked: Buffer.concat([link, tarOf({ ...files, [otherPath]: undefined })]), layerPath };
}

function change(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  const at = copy.indexOf(Buffer.from([0x1f, 0x8b])) + 20;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
