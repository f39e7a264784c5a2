import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { TAR_END, tarFile } from "@release-actions/archive";
import {
  addBlob,
  addImage,
  addIndex,
  type CraftedImage,
  type Described,
  digestOf,
  dockerArchive,
  type Files,
  LAYER,
  layout,
  MANIFEST,
  outputOf,
  pathOf,
  soundLayout,
  tarOf,
} from "./crafted-image.ts";

/** An unusual archive that other loaders accept. */
export interface OddArchive {
  readonly title: string;
  /** Whether an engine sees the oddity, because it is still there after this project has rewritten the tar. */
  readonly isSeenByEngine: boolean;
  /** Makes the archive, of an image for linux/amd64 whose layers have this content. */
  readonly make: (layers: readonly string[]) => Buffer;
}

type Make = OddArchive["make"];

const V7 = ["--format=v7"];
const amd64 = { os: "linux", architecture: "amd64" };

/** Archives packed in an unusual way: by hand from a folder, or altered by the tools that passed them on. */
const PACKED: Readonly<Record<string, Make>> = {
  "members with absolute names": (layers) =>
    gnuTar(soundLayout({ layers }), "--absolute-names", "--transform=s,^\\./,/,"),
  "a folder packed with ./ before each name": (layers) => gnuTar(soundLayout({ layers })),
  "the format of Version 7": (layers) =>
    gnuTar(dockerArchive({ layers, layerPath: (_, index) => `${index}/layer.tar` }), ...V7),
  "GNU's sparse files": (layers) => gnuTar(withZeros(layers, 2), "--sparse", "--format=gnu"),
  "PAX sparse files, version 1.0": (layers) => gnuTar(withZeros(layers, 2), "--sparse", "--format=pax"),
  "PAX sparse files, version 0.1": (layers) =>
    gnuTar(withZeros(layers, 2), "--sparse", "--format=pax", "--sparse-version=0.1"),
  "PAX sparse files, version 0.0": (layers) =>
    gnuTar(withZeros(layers, 2), "--sparse", "--format=pax", "--sparse-version=0.0"),
  "64 MiB of zeros in a gzip around all": (layers) => gzipSync(tarOf(withZeros(layers, 64))),
  "64 MiB of zeros in a gzip layer": (layers) => tarOf(withZeros(layers, 64, "gzip")),
  "xz around the tar": (layers) => pipedThrough("xz", tarOf(soundLayout({ layers }))),
  "bzip2 around the tar": (layers) => pipedThrough("bzip2", tarOf(soundLayout({ layers }))),
  "megabytes of padding behind the end": (layers) =>
    Buffer.concat([tarOf(soundLayout({ layers })), Buffer.alloc(5 << 20)]),
  "another archive behind the end": (layers) =>
    Buffer.concat([tarOf(soundLayout({ layers })), tarOf(soundLayout({ layers: ["x"] }))]),
  "an index.json that was appended once more": appended,
  "AppleDouble and other stray files": (layers) => tarOf({ ...soundLayout({ layers }), ...STRAY }),
  "blobs of an unknown algorithm": (layers) => tarOf({ ...soundLayout({ layers }), "blobs/md5/00": Buffer.from("x") }),
  "no `oci-layout` file": (layers) => tarOf({ ...soundLayout({ layers }), "oci-layout": undefined }),
  "compressed layers named by their content": (layers) =>
    tarOf(dockerArchive({ layers, compression: "gzip", layerPath: (tar) => `${digestOf(tar).slice(7)}.tar.gz` })),
  "blobs named as rules_oci does": (layers) =>
    tarOf(
      dockerArchive({
        ...{ layers, compression: "gzip", entry: { RepoTags: ["localhost/app:1", ""] } },
        layerPath: (_tar, _index, stored) => `${pathOf(digestOf(stored))}.tar.gz`,
      }),
    ),
  "a config that somebody changed under its name": (layers) =>
    tarOf(dockerArchive({ layers, configPath: `${"ab".repeat(32)}.json` })),
  "./ and / inside manifest.json": (layers) => tarOf(dotted(dockerArchive({ layers }))),
};

/** Archives with unusual documents. */
const DESCRIBED: Readonly<Record<string, Make>> = {
  "no architecture in the config": (layers) => listed({ layers, config: { architecture: undefined } }, bare),
  "no architecture in the config, and one in the index": (layers) =>
    listed({ layers, config: { architecture: undefined } }, (image, files) => [addIndex(files, [image])]),
  "no os in the config": (layers) => listed({ layers, config: { os: undefined } }, bare),
  "no architecture in the config of a docker archive": (layers) =>
    tarOf(dockerArchive({ layers, config: { architecture: undefined } })),
  "no os in the config of a docker archive": (layers) => tarOf(dockerArchive({ layers, config: { os: undefined } })),
  "no layers, as null": ([author]) =>
    tarOf(
      soundLayout({
        layers: [],
        config: { author, rootfs: { type: "layers", diff_ids: null } },
        manifest: { layers: null },
      }),
    ),
  "a platform listed as x86_64": (layers) =>
    listed({ layers }, (image, files) => [
      addIndex(files, [{ ...image, platform: { os: "linux", architecture: "x86_64" } }]),
    ]),
  "layers called gzip that are not compressed": (layers) => renamed({ layers, compression: "none" }, `${LAYER}+gzip`),
  "layers called plain that are zstd": (layers) => renamed({ layers, compression: "zstd" }, LAYER),
  "layers called gzip that are xz": (layers) => renamed({ layers, compression: "xz" }, `${LAYER}+gzip`),
  "layers called plain that are bzip2": (layers) => renamed({ layers, compression: "bzip2" }, LAYER),
  "layers called bzip2": (layers) => tarOf(soundLayout({ layers, compression: "bzip2" })),
  "zstd layers of two platforms": (layers) =>
    listed({ layers, compression: "zstd" }, (image, files) => {
      const platform = { os: "linux", architecture: "arm64" };
      return [addIndex(files, [image, addImage(files, { platform, compression: "zstd" })])];
    }),
  "a docker archive with zstd layers": (layers) => tarOf(dockerArchive({ layers, compression: "zstd" })),
  "a docker archive with xz layers": (layers) => tarOf(dockerArchive({ layers, compression: "xz" })),
  "a docker archive with bzip2 layers": (layers) => tarOf(dockerArchive({ layers, compression: "bzip2" })),
  "a config of the type application/octet-stream": (layers) => ofConfigType(layers, "application/octet-stream"),
  "a config of the type text/html": (layers) => ofConfigType(layers, "text/html"),
  "a manifest listed by Docker's type": (layers) =>
    listed({ layers }, (image) => [{ ...image, mediaType: "application/vnd.docker.distribution.manifest.v2+json" }]),
  "images of Windows with foreign layers beside it": (layers) =>
    listed({ layers }, (image, files) => {
      const platform = { os: "windows", architecture: "amd64" };
      const foreign = {
        mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        digest: digestOf(Buffer.from("x")),
        size: 9,
        urls: ["https://mcr.example/layer"],
      };
      return [
        addIndex(files, [addImage(files, { platform, layers: ["base"], manifest: { layers: [foreign] } }), image]),
      ];
    }),
  "an image of nydus for the same platform": (layers) =>
    listed({ layers }, (image, files) => {
      const layer = addBlob(files, "application/vnd.oci.image.layer.nydus.blob.v1", "nydus");
      const nydus = addImage(files, { layers: ["nydus"], manifest: { layers: [layer] } });
      return [addIndex(files, [{ ...nydus, platform: { ...amd64, "os.features": ["nydus.remoteimage.v1"] } }, image])];
    }),
  "one platform listed twice": (layers) =>
    listed({ layers }, (image, files) => [
      addIndex(files, [image, addImage(files, { layers: layers.map((it) => `another ${it}`) })]),
    ]),
  "a second image for a platform that nobody asked for": (layers) =>
    listed({ layers }, (image, files) => {
      const platform = { os: "linux", architecture: "arm64" };
      return [
        addIndex(files, [image, addImage(files, { platform }), addImage(files, { platform, layers: ["other"] })]),
      ];
    }),
};

export const ODD_ARCHIVES: readonly OddArchive[] = [
  ...Object.entries(PACKED).map(([title, make]) => ({ title, make, isSeenByEngine: false })),
  ...Object.entries(DESCRIBED).map(([title, make]) => ({ title, make, isSeenByEngine: true })),
];

/** Archives that must be refused, each with the expected message. */
export const REFUSED_ARCHIVES: readonly (readonly [title: string, make: () => Buffer, message: RegExp])[] = [
  ["a Helm chart", () => artifact("application/vnd.cncf.helm.config.v1+json"), /it holds a Helm chart/],
  ["a WebAssembly module", () => artifact("application/vnd.wasm.config.v0+json"), /it holds a WebAssembly module/],
  ["a Docker plugin", () => artifact("application/vnd.docker.plugin.v1+json"), /it holds a Docker plugin/],
  [
    "an artifact of an unknown type",
    () => artifact("application/vnd.acme.thing.v1+json"),
    /it holds an artifact of the type "application\/vnd.acme.thing.v1\+json"/,
  ],
  [
    "`Cmd` as one string, which engines cannot read",
    () => tarOf(soundLayout({ config: { config: { Cmd: "/bin/sh" } } })),
    /`config.Cmd` is "\/bin\/sh", expected a list/,
  ],
  [
    "several images, of which none was chosen",
    () => tarOf(twoImages().files),
    /the archive holds 2 images: docker.io\/library\/one:1, ghcr.io\/acme\/two:2/,
  ],
];

/** An OCI archive of two images that have names, with their digests. */
export function twoImages(layers: readonly string[] = []): { files: Files; one: string; two: string } {
  const files: Files = {};
  const image = (name: string): Described => ({
    ...addImage(files, { layers: [name, ...layers] }),
    annotations: { "io.containerd.image.name": name },
  });
  const [one, two] = [image("docker.io/library/one:1"), image("ghcr.io/acme/two:2")];
  return { files: layout(files, [one, two]), one: one.digest, two: two.digest };
}

/** An archive of one image, listed as `list` says. */
function listed(crafted: CraftedImage, list: (image: Described, files: Files) => unknown[]): Buffer {
  const files: Files = {};
  const image = addImage(files, { platform: amd64, ...crafted });
  return tarOf(layout(files, list(image, files)));
}

const bare = ({ platform: _, ...image }: Described): unknown[] => [image];

/** An image whose manifest was changed. */
function changed(
  crafted: CraftedImage,
  change: (manifest: { config: Described; layers: Described[] }) => void,
): Buffer {
  return listed(crafted, (image, files) => {
    const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
    change(manifest);
    return [addBlob(files, MANIFEST, manifest)];
  });
}

const renamed = (crafted: CraftedImage, mediaType: string): Buffer =>
  changed(crafted, (manifest) => {
    for (const layer of manifest.layers) layer.mediaType = mediaType;
  });

const ofConfigType = (layers: readonly string[], mediaType: string): Buffer =>
  changed({ layers }, ({ config }) => {
    config.mediaType = mediaType;
  });

const artifact = (mediaType: string): Buffer => ofConfigType(["one"], mediaType);

function appended(layers: readonly string[]): Buffer {
  const whole = soundLayout({ layers });
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

function dotted(files: Files): Files {
  const [entry] = JSON.parse(files["manifest.json"]?.toString() ?? "");
  const slashed = { ...entry, Config: `./${entry.Config}`, Layers: entry.Layers.map((layer: string) => `/${layer}`) };
  return { ...files, "manifest.json": Buffer.from(JSON.stringify([slashed])) };
}

/** A layout whose only layer has one byte followed by megabytes of zeros. */
function withZeros([content = ""]: readonly string[], megabytes: number, compression: "none" | "gzip" = "none"): Files {
  const files: Files = {};
  const tar = Buffer.concat([
    tarFile("content", content),
    tarFile("zeros", Buffer.concat([Buffer.from([1]), Buffer.alloc(megabytes << 20)])),
    TAR_END,
  ]);
  return layout(files, [addImage(files, { layers: [tar], compression })]);
}

/** Packs the files with GNU tar, as people pack a folder by hand. */
function gnuTar(files: Files, ...options: string[]): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), "packed-"));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      if (bytes === undefined) continue;
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
      // The file gets real holes, because `tar --sparse` looks for holes and not for zeros.
      if (options.includes("--sparse")) punch(path.join(folder, name), bytes);
    }
    return outputOf("tar", ["-c", ...options, "-C", folder, "."]);
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

const pipedThrough = (program: string, input: Buffer): Buffer => outputOf(program, ["-c"], input);
