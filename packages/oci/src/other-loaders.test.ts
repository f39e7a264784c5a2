import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import { zip } from "@release-actions/archive/testing";
import { artifactContent } from "./archive-stream.ts";
import { checkImageArchive } from "./check-image-archive.ts";
import type { ImageArchive } from "./image-archive.ts";
import { repackForLoad } from "./load-stream.ts";
import { selectImage } from "./select-image.ts";
import {
  addBlob,
  addImage,
  addIndex,
  digestOf,
  dockerArchive,
  type Files,
  LAYER,
  layout,
  MANIFEST,
  pathOf,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";
import { chunked, ways } from "./testing/ways.ts";

const amd64 = { os: "linux", architecture: "amd64" };

/** GNU tar over the files, as somebody packs a folder by hand. */
function gnuTar(files: Files, ...options: string[]): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), "packed-"));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      if (bytes === undefined) continue;
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
      // Written with holes: `tar --sparse` looks for them, and not for zeros.
      if (options.includes("--sparse")) punch(path.join(folder, name), bytes);
    }
    const { stdout, status } = spawnSync("tar", ["-c", ...options, "-C", folder, "."], { maxBuffer: 1 << 28 });
    expect(status).toBe(0);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function punch(file: string, bytes: Buffer): void {
  const zeros = bytes.lastIndexOf(Buffer.from([1])) + 1;
  if (bytes.length < 1 << 20 || zeros === 0) return;
  truncateSync(file, zeros);
  truncateSync(file, bytes.length);
}

function pipedThrough(program: string, bytes: Buffer): Buffer {
  const { stdout, status } = spawnSync(program, ["-c"], { input: bytes, maxBuffer: 1 << 28 });
  expect(status).toBe(0);
  return stdout;
}

/** A layout whose one layer has megabytes of zeros behind a byte. */
function withZeros(megabytes: number, compression: "none" | "gzip" = "none"): Files {
  const files: Files = {};
  const tar = Buffer.concat([
    tarFile("zeros", Buffer.concat([Buffer.from([1]), Buffer.alloc(megabytes << 20)])),
    TAR_END,
  ]);
  const layer = addBlob(
    files,
    compression === "gzip" ? `${LAYER}+gzip` : LAYER,
    compression === "gzip" ? gzipSync(tar) : tar,
  );
  return layout(files, [
    addImage(files, {
      layers: [],
      config: { rootfs: { type: "layers", diff_ids: [digestOf(tar)] } },
      manifest: { layers: [layer] },
    }),
  ]);
}

function relisted(change: Record<string, unknown>): Buffer {
  const files: Files = {};
  return tarOf(layout(files, [addIndex(files, [{ ...addImage(files), ...change }])]));
}

function withManifest(change: (manifest: Record<string, unknown>) => Record<string, unknown>): Buffer {
  const files: Files = {};
  const image = addImage(files);
  const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
  return tarOf(layout(files, [addBlob(files, MANIFEST, change(manifest))]));
}

const V7 = ["--format=v7"];
const dotted = (): Files => {
  const files = dockerArchive();
  const [entry] = JSON.parse(files["manifest.json"]?.toString() ?? "");
  const slashed = { ...entry, Config: `./${entry.Config}`, Layers: entry.Layers.map((layer: string) => `/${layer}`) };
  return { ...files, "manifest.json": Buffer.from(JSON.stringify([slashed])) };
};

const TAKEN: readonly (readonly [string, () => Buffer])[] = [
  ["members with absolute names", () => gnuTar(soundLayout(), "--absolute-names", "--transform=s,^\\./,/,")],
  ["a folder packed with ./ before each name", () => gnuTar(soundLayout())],
  ["the format of Version 7", () => gnuTar(dockerArchive({ layerPath: (_, index) => `${index}/layer.tar` }), ...V7)],
  ["GNU's sparse files", () => gnuTar(withZeros(2), "--sparse", "--format=gnu")],
  ["PAX sparse files, version 1.0", () => gnuTar(withZeros(2), "--sparse", "--format=pax")],
  ["PAX sparse files, version 0.1", () => gnuTar(withZeros(2), "--sparse", "--format=pax", "--sparse-version=0.1")],
  ["PAX sparse files, version 0.0", () => gnuTar(withZeros(2), "--sparse", "--format=pax", "--sparse-version=0.0")],
  ["64 MiB of zeros in a gzip layer", () => tarOf(withZeros(64, "gzip"))],
  ["64 MiB of zeros in a gzip around all", () => gzipSync(tarOf(withZeros(64)))],
  ["xz around the tar", () => pipedThrough("xz", tarOf(soundLayout()))],
  ["bzip2 around the tar", () => pipedThrough("bzip2", tarOf(soundLayout()))],
  ["megabytes of padding behind the end", () => Buffer.concat([tarOf(soundLayout()), Buffer.alloc(5 << 20)])],
  [
    "another archive behind the end",
    () => Buffer.concat([tarOf(soundLayout()), tarOf(soundLayout({ layers: ["x"] }))]),
  ],
  ["an index.json that was appended once more", () => appended()],
  ["AppleDouble and other stray files", () => tarOf({ ...soundLayout(), ...STRAY })],
  ["blobs of an unknown algorithm", () => tarOf({ ...soundLayout(), "blobs/md5/00": Buffer.from("x") })],
  ["./ and / inside manifest.json", () => tarOf(dotted())],
  ["a platform listed as x86_64", () => relisted({ platform: { os: "linux", architecture: "x86_64" } })],
  ["layers called gzip that are not compressed", () => renamed(`${LAYER}+gzip`, "none")],
  ["layers called plain that are zstd", () => renamed(LAYER, "zstd")],
  ["no layers, as null", () => noLayers()],
  ["a config of the type application/octet-stream", () => withManifest(configType("application/octet-stream"))],
  ["a config of the type text/html", () => withManifest(configType("text/html"))],
  ["a manifest listed by Docker's type", () => listedAs("application/vnd.docker.distribution.manifest.v2+json")],
  ["a second image for a platform that nobody asked for", () => twins("arm64")],
];

function appended(): Buffer {
  const whole = soundLayout();
  const first = tarOf({ ...whole, "index.json": Buffer.from('{"schemaVersion":2,"manifests":[]}') });
  return Buffer.concat([first.subarray(0, -TAR_END.length), tarFile("index.json", whole["index.json"] ?? ""), TAR_END]);
}

const STRAY: Files = {
  "._index.json": Buffer.from("\0\x05\x16\x07"),
  "blobs/._sha256": Buffer.from("\0\x05\x16\x07"),
  "blobs/sha256/._0": Buffer.from("\0\x05\x16\x07"),
  ".DS_Store": Buffer.from("Bud1"),
  "notes.txt": Buffer.from("by hand"),
};

function renamed(mediaType: string, compression: "none" | "zstd"): Buffer {
  const files: Files = {};
  const image = addImage(files, { compression });
  const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
  for (const layer of manifest.layers) layer.mediaType = mediaType;
  return tarOf(layout(files, [addBlob(files, MANIFEST, manifest)]));
}

function noLayers(): Buffer {
  const config = { rootfs: { type: "layers", diff_ids: null } };
  return tarOf(soundLayout({ layers: [], config, manifest: { layers: null } }));
}

function configType(mediaType: string) {
  return (manifest: Record<string, unknown>): Record<string, unknown> => ({
    ...manifest,
    config: { ...(manifest["config"] as object), mediaType }, // As `addImage` writes it.
  });
}

function listedAs(mediaType: string): Buffer {
  const files: Files = {};
  return tarOf(layout(files, [{ ...addImage(files), mediaType }]));
}

function twins(architecture: string): Buffer {
  const files: Files = {};
  const platform = { os: "linux", architecture };
  const images = [addImage(files), addImage(files, { platform }), addImage(files, { platform, layers: ["other"] })];
  return tarOf(layout(files, [addIndex(files, images)]));
}

describe.each(ways)("what other loaders take, %s", (way, read) => {
  test.each(TAKEN)("takes %s", async (title, make) => {
    const bytes = make();
    if (way === "indexed by ranged reads" && /sparse|around/.test(title)) {
      await expect(read(bytes)).rejects.toThrow(/sparse file|compressed with \w+ as a whole/);
      return;
    }
    const archive = await read(bytes);
    expect(selectImage(archive, amd64).platform.os).toBe("linux");
  });

  test.each(["architecture", "os"])(
    "takes a config without `%s` as an image for the engine's platform",
    async (key) => {
      const files: Files = {};
      const { platform: _, ...image } = addImage(files, { config: { [key]: undefined } });
      const archive = await read(tarOf(layout(files, [image])));
      expect(selectImage(archive, amd64).platform).toEqual(expect.objectContaining(amd64));
    },
  );

  const named = (): Buffer => {
    const files: Files = {};
    const image = (name: string) => ({
      ...addImage(files, { layers: [name] }),
      annotations: { "io.containerd.image.name": `docker.io/library/${name}:1` },
    });
    return tarOf(layout(files, [image("one"), image("two")]));
  };

  test("names the images of an archive that holds several", async () => {
    await expect(read(named()).then((archive) => selectImage(archive, amd64))).rejects.toThrow(
      "the archive holds 2 images: docker.io/library/one:1, docker.io/library/two:1",
    );
  });

  test.each<[string, RegExp]>([
    [
      "application/vnd.cncf.helm.config.v1+json",
      /it holds a Helm chart \(application\/vnd.cncf.helm.config.v1\+json\)/,
    ],
    ["application/vnd.wasm.config.v0+json", /it holds a WebAssembly module/],
    ["application/vnd.docker.plugin.v1+json", /it holds a Docker plugin/],
    ["application/vnd.acme.thing.v1+json", /it holds an artifact of the type "application\/vnd.acme.thing.v1\+json"/],
  ])("calls an artifact of the type %s what it is", async (mediaType, message) => {
    await expect(read(withManifest(configType(mediaType)))).rejects.toThrow(message);
  });

  test("refuses `Cmd` as one string, which engines cannot read", async () => {
    await expect(read(tarOf(soundLayout({ config: { config: { Cmd: "/bin/sh" } } })))).rejects.toThrow(
      /`config.Cmd` is "\/bin\/sh", expected a list/,
    );
  });
});

describe("the input `image`", () => {
  const files: Files = {};
  const one = {
    ...addImage(files, { layers: ["one"] }),
    annotations: { "io.containerd.image.name": "docker.io/library/one:1" },
  };
  const two = {
    ...addImage(files, { layers: ["two"] }),
    annotations: { "io.containerd.image.name": "ghcr.io/acme/two:2" },
  };
  const both = tarOf(layout(files, [one, two]));

  async function chosen(bytes: Buffer, image: string): Promise<ImageArchive> {
    let found: ImageArchive | undefined;
    const approve = (archive: ImageArchive) => {
      found = archive;
      return selectImage(archive, amd64);
    };
    for await (const _ of repackForLoad(chunked(bytes), approve, { store: "containerd", image }));
    if (found === undefined) throw new Error("nothing was approved");
    return found;
  }

  test.each<[string, string]>([
    ["one:1", one.digest],
    ["docker.io/library/one:1", one.digest],
    ["ghcr.io/acme/two:2", two.digest],
    [two.digest, two.digest],
  ])("%s chooses one of an OCI archive", async (image, digest) => {
    expect(await chosen(both, image)).toMatchObject({ digest });
  });

  test("chooses one of a docker archive, by name or by its config's digest", async () => {
    const [first, second] = [
      dockerArchive(),
      dockerArchive({ layers: ["three"], entry: { RepoTags: ["localhost/other:1"] } }),
    ];
    const entries = [first, second].flatMap((it) => JSON.parse(it["manifest.json"]?.toString() ?? "[]"));
    const archive = tarOf({ ...first, ...second, "manifest.json": Buffer.from(JSON.stringify(entries)) });
    const other = await chosen(archive, "localhost/other:1");
    expect(other).toMatchObject({ names: ["localhost/other:1"] });
    expect((await chosen(archive, other.digest)).digest).toBe(other.digest);
    await expect(chosen(archive, "localhost/third:1")).rejects.toThrow(
      'the archive has no image "localhost/third:1"; it has localhost/app:1, localhost/other:1',
    );
  });
});

test("files that macOS puts into a zip beside the archive are not a second file", async () => {
  const archive = tarOf(soundLayout());
  const packed = zip([
    { name: "__MACOSX/._restate.tar", data: "x" },
    { name: "restate.tar", data: archive },
    { name: ".DS_Store", data: "x" },
  ]);
  const content = await checkImageArchive(artifactContent(chunked(packed)));
  expect(content.archive.images).toHaveLength(1);
});
