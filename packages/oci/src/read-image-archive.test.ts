import { describe, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import { formatPlatform } from "@release-actions/platform";
import { selectImage } from "./select-image.ts";
import { archiveReaders } from "./testing/archive-readers.ts";
import {
  addAttestation,
  addBlob,
  addImage,
  addIndex,
  digestOf,
  dockerArchive,
  type Files,
  INDEX,
  layout,
  MANIFEST,
  pathOf,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";

function multiPlatform(): { files: Files; index: string } {
  const files: Files = {};
  const amd64 = addImage(files, { layers: ["base", "amd64"] });
  const arm64 = addImage(files, { layers: ["base", "arm64"], platform: { os: "linux", architecture: "arm64" } });
  const index = addIndex(files, [amd64, arm64, addAttestation(files, amd64), addAttestation(files, arm64)]);
  return { files: layout(files, [index]), index: index.digest };
}

describe.each(archiveReaders)("an archive %s", (way, read) => {
  test("of several platforms has its images, without attestations (B49, F74)", async () => {
    const { files, index } = multiPlatform();
    const archive = await read(tarOf(files));
    expect(archive).toMatchObject({ kind: "oci-layout", identity: "descriptor", digest: index, names: [] });
    expect(archive.images.map(({ platform }) => formatPlatform(platform))).toEqual(["linux/amd64", "linux/arm64"]);
    expect(archive.documents.size).toBe(5);
    expect(archive.root?.digest).toBe(index);
  });

  test("with a layer whose first file name starts like bzip2 data is read", async () => {
    const layer = Buffer.concat([tarFile("BZh91", "content"), TAR_END]);
    const archive = await read(tarOf(soundLayout({ layers: [layer], compression: "none" })));
    expect(archive.images[0]?.layers.map(({ compression }) => compression)).toEqual(["none"]);
  });

  test.each(["none", "gzip", "zstd", "xz", "bzip2"] as const)(
    "with layers compressed by %s reports this",
    async (compression) => {
      const archive = await read(tarOf(soundLayout({ compression })));
      expect(archive.images[0]?.layers.map((layer) => layer.compression)).toEqual([compression, compression]);
    },
  );

  test("with sha512 digests is read like any other", async () => {
    const archive = await read(tarOf(soundLayout({ algorithm: "sha512" })));
    expect(archive.digest).toMatch(/^sha512:[0-9a-f]{128}$/);
  });

  test("of one image under several names has one identity and all names", async () => {
    const files: Files = {};
    const image = addImage(files);
    const named = (name: string) => ({
      ...image,
      annotations: { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": "1" },
    });
    const archive = await read(tarOf(layout(files, [named("localhost/one:1"), named("localhost/two:2")])));
    expect(archive).toMatchObject({
      digest: image.digest,
      identity: "descriptor",
      names: ["localhost/one:1", "localhost/two:2"],
    });
    expect(archive.images).toHaveLength(1);
  });

  test("with several descriptors is identified by its index.json", async () => {
    const files: Files = {};
    const images = [addImage(files), addImage(files, { platform: { os: "linux", architecture: "arm64" } })];
    const whole = layout(files, images);
    const archive = await read(tarOf(whole));
    expect(archive).toMatchObject({ identity: "index.json", digest: digestOf(whole["index.json"] ?? Buffer.alloc(0)) });
    expect(archive.root?.digest).toBe(archive.digest);
    expect([...archive.documents.keys()].sort()).toEqual(
      [archive.digest, ...images.map(({ digest }) => digest)].sort(),
    );
  });

  test("whose descriptor has no platform uses that of the config", async () => {
    const files: Files = {};
    const { platform: _, ...image } = addImage(files, {
      platform: { os: "linux", architecture: "arm", variant: "v6" },
    });
    const archive = await read(tarOf(layout(files, [image])));
    expect(archive.images.map(({ platform }) => formatPlatform(platform))).toEqual(["linux/arm/v6"]);
  });

  test("that lists a platform without its content names it (F71)", async () => {
    const files: Files = {};
    const elsewhere: Files = {};
    const absent = addImage(elsewhere, { platform: { os: "linux", architecture: "s390x" } });
    const archive = await read(tarOf(layout(files, [addIndex(files, [addImage(files), absent])])));
    expect(archive.absentPlatforms.map(formatPlatform)).toEqual(["linux/s390x"]);
    expect(archive.images).toHaveLength(1);
  });

  test("with content of an unknown kind next to an image is read", async () => {
    const files: Files = {};
    const other = addBlob(files, "application/vnd.example.v1+json", "{}");
    const archive = await read(tarOf(layout(files, [addImage(files), other])));
    expect(archive.images).toHaveLength(1);
  });

  test("that is only named by digest, as containerd names unnamed images, has no names", async () => {
    const files: Files = {};
    const image = addImage(files);
    const named = { ...image, annotations: { "io.containerd.image.name": `moby-dangling@${image.digest}` } };
    expect((await read(tarOf(layout(files, [named])))).names).toEqual([]);
  });

  test("with an artifact next to an image is read", async () => {
    const files: Files = {};
    const config = addBlob(files, "application/vnd.oci.empty.v1+json", "{}");
    const other = addBlob(files, MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
    const archive = await read(tarOf(layout(files, [addImage(files), other])));
    expect(archive.images).toHaveLength(1);
  });

  test("saved by docker before 25 is identified by its config", async () => {
    const archive = await read(tarOf(dockerArchive()));
    expect(archive).toMatchObject({ kind: "docker-archive", identity: "config", names: ["localhost/app:1"] });
    expect(archive.digest).toBe(archive.images[0]?.config.digest);
    const { layers = [] } = archive.images[0] ?? {};
    expect(layers.map(({ digest }) => digest)).toEqual(layers.map(({ diffId }) => diffId));
    const manifest = JSON.parse(Buffer.from(archive.root?.bytes ?? []).toString());
    expect(manifest.layers.map(({ digest, size }: { digest: string; size: number }) => [digest, size])).toEqual(
      layers.map(({ diffId }) => [diffId, 2048]),
    );
  });

  test.each([
    "localhost/app:_wip",
    "localhost/app:fix-issue-12-",
    "localhost/app:1.",
    "a name with a space",
    "-v",
    "one\n::error::two",
    "Upper:1",
  ])("named %j is read, and the name is only shown to people", async (name) => {
    expect((await read(tarOf(annotated("io.containerd.image.name", name)))).names).toEqual([name]);
    expect((await read(tarOf(annotated("org.opencontainers.image.ref.name", name)))).names).toEqual([name]);
    expect((await read(tarOf(dockerArchive({ entry: { RepoTags: [name] } })))).names).toEqual([name]);
  });

  test("saved by docker without names has none (B64)", async () => {
    expect((await read(tarOf(dockerArchive({ entry: { RepoTags: null } })))).names).toEqual([]);
  });

  test.each(["gzip", "zstd"] as const)(
    "in docker's format with %s layers named by digest can be served",
    async (compression) => {
      const layerPath = (_tar: Buffer, _index: number, stored: Buffer): string => `${digestOf(stored).slice(7)}.tar.gz`;
      const archive = await read(tarOf(dockerArchive({ compression, layerPath })));
      const [image] = archive.images;
      expect(image?.layers.map((layer) => layer.path)).toEqual(
        image?.layers.map(({ digest }) => `${digest?.slice(7)}.tar.gz`),
      );
      expect(archive.root).toBeDefined();
    },
  );

  test("in docker's format with gzip layers named by their content has digests only when the layers are read", async () => {
    const stored: string[] = [];
    const layerPath = (tar: Buffer, _index: number, bytes: Buffer): string => {
      stored.push(digestOf(bytes));
      return `${digestOf(tar).slice(7)}.tar.gz`;
    };
    const archive = await read(tarOf(dockerArchive({ compression: "gzip", layerPath })));
    const isRead = way !== "indexed by ranged reads";
    expect(archive.images[0]?.layers.map(({ digest }) => digest)).toEqual(isRead ? stored : [undefined, undefined]);
    expect(archive.root === undefined).toBe(!isRead);
  });

  test("in both formats, as docker writes since version 25, is one image (B68)", async () => {
    const files = soundLayout({ compression: "none" });
    const archive = await read(tarOf(withDockerManifest(files)));
    expect(archive).toMatchObject({ kind: "oci-layout", names: ["localhost/app:1"] });
  });

  const bad: [string, string, () => Files | Buffer, RegExp][] = [
    ["B01", "no bytes", () => Buffer.alloc(0), /an empty file, expected a tar/],
    ["B30", "a web page", () => Buffer.from("<html><body>Sign in"), /a web page, expected a tar/],
    [
      "B31",
      "a folder where a blob should be",
      () => without(soundLayout(), "config", "/x"),
      /is not a blob|is not in the archive/,
    ],
    [
      "B33",
      "an index.json alone",
      () => ({ "index.json": soundLayout()["index.json"] }),
      /neither `oci-layout` nor blobs/,
    ],
    [
      "B34",
      "another layout version",
      () => ({ ...soundLayout(), "oci-layout": Buffer.from('{"imageLayoutVersion":"9.9.9"}') }),
      /version "9.9.9"/,
    ],
    ["B35", "no index.json", () => ({ ...soundLayout(), "index.json": undefined }), /has no index.json/],
    ["B36", "null manifests", () => layout({}, null), /`manifests` is null, expected a list/],
    ["B36", "no manifests", () => layout({}, []), /the archive holds no image/],
    ["B36", "an object of manifests", () => layout({}, {}), /`manifests` is an object/],
    [
      "B37",
      "a config that does not match its digest",
      () => changed(soundLayout(), "config"),
      /has the digest sha256:/,
    ],
    [
      "B37",
      "a manifest that does not match its digest",
      () => changed(soundLayout(), "manifest"),
      /has the digest sha256:/,
    ],
    ["B38", "another size", () => described({ size: 5 }), /its descriptor says 5/],
    ["B38", "a negative size", () => described({ size: -1 }), /size` is -1/],
    ["B38", "a fraction for a size", () => described({ size: 1.5 }), /size` is 1.5/],
    ["B38", "a size of 2^63", () => described({ size: 2 ** 63 }), /expected a whole number/],
    [
      "B39",
      "an unknown algorithm",
      () => described({ digest: `md5:${"a".repeat(32)}` }),
      /expected sha256: or sha512:/,
    ],
    ["B40", "an upper-case digest", () => described({ digest: `sha256:${"A".repeat(64)}` }), /lowercase hex/],
    ["B40", "a short digest", () => described({ digest: `sha256:${"a".repeat(63)}` }), /64 or 128 lowercase/],
    [
      "B41",
      "a digest that is a path",
      () => described({ digest: "sha256:../../etc/passwd" }),
      /expected sha256: or sha512:/,
    ],
    ["B42", "no media type", () => described({ mediaType: undefined }), /mediaType` is absent/],
    [
      "B42",
      "an index listed as a manifest",
      () => indexAsManifest(),
      /is listed as .*manifest.* but its media type is .*index/,
    ],
    [
      "B42",
      "an unknown media type",
      () => described({ mediaType: "text/plain" }),
      /holds no image: it holds an artifact of the type "text\/plain"/,
    ],
    [
      "B43",
      "a manifest that is also an index (F79)",
      () => soundLayout({ manifest: { manifests: [] } }),
      /`manifests` is not allowed/,
    ],
    [
      "B43",
      "an index that is also a manifest (F79)",
      () => layout({}, [], { layers: [], config: {} }),
      /is not allowed/,
    ],
    [
      "B43",
      "a manifest with the key `layers` in another case",
      () => soundLayout({ manifest: { Layers: [] } }),
      /"Layers", which other tools would read as "layers"/,
    ],
    ["B44", "an index that points to itself", () => indexInIndex(`sha256:${"0".repeat(64)}`), /blob sha256:0+, which/],
    ["B45", "a 32-deep index", () => nested(32), /nested deeper than 4/],
    ["B50", "no config", () => without(soundLayout(), "config"), /is not in the archive/],
    ["F65", "no manifest", () => without(soundLayout(), "manifest"), /is not in the archive/],
    [
      "B51",
      "fewer diff IDs than layers",
      () => soundLayout({ config: { rootfs: { type: "layers", diff_ids: [] } } }),
      /2 layers, its config 0 diff IDs/,
    ],
    [
      "B52",
      "a wrong diff ID of a plain layer",
      () => soundLayout({ compression: "none", config: wrongDiffIds() }),
      /expected its digest/,
    ],
    [
      "B53",
      "a root without layers",
      () => soundLayout({ config: { rootfs: { type: "zfs", diff_ids: [] } } }),
      /expected "layers"/,
    ],
    [
      "B55",
      "a layer of an unknown type",
      () => mislabelled("application/octet-stream"),
      /which is not a type of an image's layers/,
    ],
    ["B57", "a key told twice", () => index('{"schemaVersion":2,"manifests":[],"manifests":[]}'), /"manifests" twice/],
    ["B58", "the key __proto__", () => index('{"schemaVersion":2,"manifests":[],"__proto__":{}}'), /__proto__/],
    [
      "B59",
      "a byte order mark",
      () => index('\uFEFF{"schemaVersion":2,"manifests":[]}'),
      /byte order mark|needed as a JSON document/,
    ],
    ["B59", "UTF-16", () => ({ ...soundLayout(), "index.json": Buffer.from("{}", "utf16le") }), /is not|JSON/],
    [
      "B59",
      "invalid UTF-8",
      () => ({ ...soundLayout(), "index.json": Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }),
      /not UTF-8/,
    ],
    [
      "B60",
      "100,000 levels",
      () => index(`{"manifests":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
      /deeper than 64 levels/,
    ],
    [
      "B61",
      "an index of 40 MiB (F82)",
      () => index(`{"schemaVersion":2,"manifests":[]}${" ".repeat(40 << 20)}`),
      /expected a document of at most 4194304/,
    ],
    ["B62", "a manifest.json of []", () => ({ "manifest.json": Buffer.from("[]") }), /lists no image/],
    [
      "B62",
      "a manifest.json of null",
      () => ({ "manifest.json": Buffer.from("null") }),
      /expected a list|JSON document/,
    ],
    ["B62", "a manifest.json that is an object", () => ({ "manifest.json": Buffer.from("{}") }), /expected a list/],
    [
      "B63",
      "a missing config",
      () => dockerArchive({ entry: { Config: "gone.json" } }),
      /"gone.json", which is not there/,
    ],
    ["B63", "a config outside", () => dockerArchive({ entry: { Config: "../../etc/passwd" } }), /which is not there/],
    ["B63", "no path for the config", () => dockerArchive({ entry: { Config: undefined } }), /Config` is absent/],
    [
      "B63",
      "a config under another's digest",
      () => dockerArchive({ configPath: `blobs/sha256/${"0".repeat(64)}` }),
      /has the digest/,
    ],
    [
      "B66",
      "a missing layer",
      () => dockerArchive({ entry: { Layers: ["a/layer.tar", "b/layer.tar"] } }),
      /"a\/layer.tar", which is not there/,
    ],
    ["B67", "only repositories", () => ({ repositories: Buffer.from("{}") }), /only the `repositories` file/],
    ["B69", "two images", () => twoImages(), /holds 2 images: localhost\/app:1, localhost\/other:1/],
    [
      "B70",
      "two configs",
      () => ({ ...soundLayout(), ...dockerArchive() }),
      /names the config .* which no image of index.json has/,
    ],
    ["B70", "two lists of layers", () => reordered(), /list different layers/],
    [
      "B51",
      "fewer diff IDs than layers in docker's format",
      () => dockerArchive({ config: { rootfs: { type: "layers", diff_ids: [] } } }),
      /lists 2 layers, the config 0/,
    ],
    [
      "F69",
      "an empty list next to an index",
      () => ({ ...soundLayout(), "manifest.json": Buffer.from("[]") }),
      /lists no image/,
    ],
    [
      "B31",
      "some other tar",
      () => ({ "src/main.ts": Buffer.from("code") }),
      /neither an OCI layout nor a docker archive: .* "src\/main.ts"/,
    ],
  ];

  test.each(bad)("is refused: %s, %s", async (_id, _what, make, message) => {
    const made = make();
    const reading = read(Buffer.isBuffer(made) ? made : tarOf(made));
    await expect(reading).rejects.toMatchObject({ name: "ImageArchiveError" });
    await expect(reading).rejects.toThrow(message);
  });

  test("is refused only for the platform that its config contradicts: F78", async () => {
    const archive = await read(tarOf(denied()));
    const [image] = archive.images;
    expect(image?.denied).toMatch(/listed for linux\/arm64, its config is for linux\/amd64/);
    expect(() => selectImage(archive, { os: "linux", architecture: "arm64" })).toThrow(image?.denied);
  });

  if (way === "indexed by ranged reads") return;

  test("is refused: B37, F64, F73, a layer that does not match its digest", async () => {
    await expect(read(tarOf(changed(soundLayout(), "layer")))).rejects.toThrow(
      /^the blob sha256:\w+ has the digest sha256:/,
    );
  });

  test.each(["none", "gzip", "zstd", "xz", "bzip2"] as const)(
    "is refused: B52, a %s layer that does not match its diff ID",
    async (compression) => {
      const files = dockerArchive({ compression });
      const path = Object.keys(files).find((name) => name.endsWith("layer.tar")) ?? "";
      const other = dockerArchive({ compression, layers: ["other", "two"] });
      files[path] = other[path];
      await expect(read(tarOf(files))).rejects.toThrow(/the config's diff ID says sha256:/);
    },
  );

  test("is refused: F63, a truncated gzip layer that mostly decompresses", async () => {
    const files = dockerArchive({ compression: "gzip" });
    const path = Object.keys(files).find((name) => name.endsWith("layer.tar")) ?? "";
    files[path] = files[path]?.subarray(0, -10);
    await expect(read(tarOf(files))).rejects.toMatchObject({ name: "ArchiveError", problem: "cut" });
  });
});

/** The path of the first blob of a kind in a layout of one image. */
function find(files: Files, kind: "config" | "manifest" | "layer"): string {
  const paths = Object.keys(files).filter((path) => path.startsWith("blobs/"));
  const marks = { config: '"rootfs"', manifest: '"layers":[' };
  return (
    paths.find((path) => (kind === "layer" ? files[path]?.[0] === 0x1f : files[path]?.includes(marks[kind]))) ?? ""
  );
}

function changed(files: Files, kind: "config" | "manifest" | "layer"): Files {
  const path = find(files, kind);
  const bytes = Buffer.from(files[path] ?? "");
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return { ...files, [path]: bytes };
}

function without(files: Files, kind: "config" | "manifest", instead = ""): Files {
  const path = find(files, kind);
  return { ...files, [path]: undefined, ...(instead !== "" && { [path + instead]: Buffer.from("x") }) };
}

function described(change: Record<string, unknown>): Files {
  const files: Files = {};
  return layout(files, [{ ...addImage(files), ...change }]);
}

function index(json: string): Files {
  return { ...soundLayout(), "index.json": Buffer.from(json) };
}

function indexAsManifest(): Files {
  const files: Files = {};
  return layout(files, [{ ...addIndex(files, [addImage(files)]), mediaType: MANIFEST }]);
}

function indexInIndex(digest: string): Files {
  return layout({}, [{ mediaType: INDEX, digest, size: 100 }]);
}

function nested(depth: number): Files {
  const files: Files = {};
  let descriptor = addImage(files);
  for (let level = 0; level < depth; level += 1) descriptor = addIndex(files, [descriptor]);
  return layout(files, [descriptor]);
}

function wrongDiffIds(): Record<string, unknown> {
  return { rootfs: { type: "layers", diff_ids: [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`] } };
}

function mislabelled(mediaType = "application/vnd.oci.image.layer.v1.tar+gzip"): Files {
  const files: Files = {};
  const image = addImage(files, { compression: "zstd" });
  const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
  for (const layer of manifest.layers) layer.mediaType = mediaType;
  return layout(files, [addBlob(files, MANIFEST, manifest)]);
}

function annotated(key: string, value: string): Files {
  return described({ annotations: { [key]: value } });
}

function withDockerManifest(files: Files, change: (paths: string[]) => string[] = (paths) => paths): Files {
  const manifest = JSON.parse(files[find(files, "manifest")]?.toString() ?? "");
  const layers = manifest.layers.map(({ digest }: { digest: string }) => pathOf(digest));
  const entry = { Config: pathOf(manifest.config.digest), RepoTags: ["localhost/app:1"], Layers: change(layers) };
  return { ...files, "manifest.json": Buffer.from(JSON.stringify([entry])) };
}

function reordered(): Files {
  return withDockerManifest(soundLayout(), (paths) => paths.toReversed());
}

function twoImages(): Files {
  const [one, other] = [
    dockerArchive(),
    dockerArchive({ layers: ["three", "four"], entry: { RepoTags: ["localhost/other:1"] } }),
  ];
  const entries = [one, other].flatMap((files) => JSON.parse(files["manifest.json"]?.toString() ?? "[]"));
  return { ...one, ...other, "manifest.json": Buffer.from(JSON.stringify(entries)) };
}

function denied(): Files {
  return described({ platform: { os: "linux", architecture: "arm64" } });
}
