import { describe, expect, test } from "@jest/globals";
import { formatPlatform } from "@release-actions/platform";
import { readImageArchive } from "./read-image-archive.ts";
import {
  addAttestation,
  addBlob,
  addImage,
  addIndex,
  CONFIG,
  type Described,
  digestOf,
  dockerArchive,
  type Files,
  INDEX,
  LAYER,
  layerTar,
  layout,
  MANIFEST,
  pathOf,
  soundLayout,
} from "./testing/crafted-image.ts";
import { memoryFiles } from "./testing/memory-files.ts";

const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const arm64 = { os: "linux", architecture: "arm64" };
const read = (files: Files, image?: string) => readImageArchive(memoryFiles(files), { image });

/** Descriptors of content that is not in the archive. */
const elsewhere = (platform: { os: string; architecture: string } | undefined): Described => ({
  ...addImage({}, { layers: [`for ${platform?.architecture}`] }),
  platform,
});

describe("an OCI layout", () => {
  test("has the media type of its index.json, or the one of the specification by default", async () => {
    const files: Files = {};
    const images = [addImage(files), addImage(files, { platform: arm64 })];
    const bare = { ...files, ...layout(files, images, { mediaType: undefined }) };
    expect((await read(bare)).root?.mediaType).toBe(INDEX);
    expect((await read(layout(files, images, { mediaType: DOCKER_LIST }))).root?.mediaType).toBe(DOCKER_LIST);
    await expect(read(layout(files, images, { mediaType: MANIFEST }))).rejects.toMatchObject({
      problem: "malformed",
      message: `index.json has the media type ${MANIFEST}, expected ${INDEX}`,
    });
  });

  test("prefers the media type in a document to that of its descriptor", async () => {
    const files: Files = {};
    const image = addImage(files, { manifest: { mediaType: DOCKER_MANIFEST } });
    const archive = await read(layout(files, [image]));
    expect(archive.root?.mediaType).toBe(DOCKER_MANIFEST);
    const quiet = addImage(files, { manifest: { mediaType: undefined } });
    expect((await read(layout(files, [quiet]))).root?.mediaType).toBe(MANIFEST);
  });

  test("has an image once that two indexes list, and records its entry", async () => {
    const files: Files = {};
    const image = addImage(files);
    const [one, two] = [addIndex(files, [image]), addIndex(files, [image], { x: 1 })];
    const archive = await read(layout(files, [one, two]));
    expect(archive.images).toMatchObject([{ entry: one.digest }]);
    expect(archive.identity).toBe("index.json");
  });

  test("has an image once that an index lists twice for one platform, and is identified by its index.json for two platforms", async () => {
    const files: Files = {};
    const image = addImage(files);
    const twice = await read(layout(files, [addIndex(files, [image, { ...image, annotations: { a: "b" } }])]));
    expect(twice.images).toHaveLength(1);
    const listed = await read(layout(files, [image, { ...image, platform: arm64 }]));
    expect(listed.identity).toBe("index.json");
  });

  test("may nest indexes four levels deep", async () => {
    const nested = (depth: number): Files => {
      const files: Files = {};
      let descriptor = addImage(files);
      for (let level = 1; level < depth; level += 1) descriptor = addIndex(files, [descriptor]);
      return layout(files, [descriptor]);
    };
    expect((await read(nested(4))).images).toHaveLength(1);
    await expect(read(nested(5))).rejects.toMatchObject({
      problem: "limit",
      message: "indexes are nested deeper than 4 levels",
    });
  });

  test("may have 512 manifests and indexes", async () => {
    const files: Files = {};
    const config = addBlob(files, CONFIG, { os: "linux", architecture: "amd64", rootfs: { type: "layers" } });
    const manifests = Array.from({ length: 512 }, (_, index) =>
      addBlob(files, MANIFEST, { schemaVersion: 2, config, layers: [], annotations: { index: String(index) } }),
    );
    expect((await read(layout(files, manifests))).images).toHaveLength(512);
    await expect(read(layout(files, [addIndex(files, manifests)]))).rejects.toMatchObject({
      problem: "limit",
      message: "more than 512 manifests",
    });
  });

  test("lists missing manifests and their platforms", async () => {
    const files: Files = {};
    const there = addImage(files);
    const absent = [
      elsewhere({ os: "linux", architecture: "s390x" }),
      elsewhere({ os: "unknown", architecture: "unknown" }),
      elsewhere(undefined),
    ];
    const archive = await read(layout(files, [addIndex(files, [there, ...absent])]));
    expect(archive.absentPlatforms.map(formatPlatform)).toEqual(["linux/s390x"]);
    expect(archive.absentDocuments).toEqual(absent.map(({ digest }) => digest));
  });

  test("is refused when index.json lists a missing blob", async () => {
    const files: Files = {};
    const absent = elsewhere(arm64);
    await expect(read(layout(files, [addImage(files), absent]))).rejects.toMatchObject({
      problem: "missing",
      message: `index.json names the blob ${absent.digest}, which is not in the archive`,
    });
  });

  test("without an image is refused with a list of its content", async () => {
    const files: Files = {};
    const chart = addBlob(files, MANIFEST, {
      config: addBlob(files, "application/vnd.cncf.helm.config.v1+json", "{}"),
      layers: [addBlob(files, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "x")],
    });
    const index = addIndex(files, [elsewhere(arm64), elsewhere({ os: "linux", architecture: "amd64" }), chart]);
    const other = addBlob(files, "application/x", "{}");
    await expect(read(layout(files, [index, other]))).rejects.toMatchObject({
      problem: "not-an-image",
      message:
        "the archive holds no image: it holds images for linux/arm64, linux/amd64 without their content and " +
        'a Helm chart (application/vnd.cncf.helm.config.v1+json) and an artifact of the type "application/x"',
    });
    const attestation = addAttestation(files, addImage({}));
    await expect(read(layout(files, [attestation]))).rejects.toThrow(/^the archive holds no image$/);
  });

  test("returns only the image with the requested name or digest", async () => {
    const files: Files = {};
    const one = { ...addImage(files), annotations: { "io.containerd.image.name": "docker.io/library/one:1" } };
    const two = addImage(files, { layers: ["two"] });
    const whole = layout(files, [one, two]);
    expect(await read(whole, "one:1")).toMatchObject({ digest: one.digest, identity: "descriptor" });
    expect(await read(whole, two.digest)).toMatchObject({ digest: two.digest });
    await expect(read(whole, "three:1")).rejects.toMatchObject({
      problem: "ambiguous",
      message: `the archive has no image "three:1"; it has docker.io/library/one:1, ${two.digest}`,
    });
  });

  test.each<[name: string, files: () => Files, problem: string, message: string]>([
    [
      "with another version",
      () => ({ ...soundLayout(), "oci-layout": Buffer.from('{"imageLayoutVersion":"2.0.0"}') }),
      "unsupported",
      'the OCI layout has version "2.0.0", expected 1.0.0',
    ],
    [
      "with a long `oci-layout`",
      () => ({ ...soundLayout(), "oci-layout": Buffer.from('{"imageLayoutVersion":"1.0.0"}'.padEnd(1025)) }),
      "limit",
      "oci-layout has 1025 bytes, expected a document of at most 1024",
    ],
  ])("%s is refused", async (_name, files, problem, message) => {
    await expect(read(files())).rejects.toMatchObject({ problem, message });
  });

  test("without `oci-layout` is read, as skopeo and podman do", async () => {
    const archive = await read({ ...soundLayout(), "oci-layout": undefined });
    expect(archive).toMatchObject({ kind: "oci-layout", digest: (await read(soundLayout())).digest });
  });

  test("is read with an `oci-layout` of the maximum length", async () => {
    const padded = Buffer.from('{"imageLayoutVersion":"1.0.0"}'.padEnd(1024));
    expect((await read({ ...soundLayout(), "oci-layout": padded })).images).toHaveLength(1);
  });
});

describe("an image of a layout", () => {
  const manifestOf = (files: Files, change: Record<string, unknown>): Files => {
    const image = addImage(files, { layers: ["one"], manifest: change });
    return layout(files, [image]);
  };

  test("has the values of its documents", async () => {
    const files: Files = {};
    const image = addImage(files, { layers: ["one"], platform: { os: "linux", architecture: "arm", variant: "v6" } });
    const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
    expect((await read(layout(files, [image]))).images).toEqual([
      {
        platform: { os: "linux", architecture: "arm", variant: "v6", osVersion: undefined },
        namesPlatform: true,
        entry: image.digest,
        manifest: { mediaType: MANIFEST, digest: image.digest, bytes: files[pathOf(image.digest)] },
        config: { digest: manifest.config.digest, size: manifest.config.size, path: pathOf(manifest.config.digest) },
        layers: [
          {
            digest: manifest.layers[0].digest,
            size: manifest.layers[0].size,
            path: pathOf(manifest.layers[0].digest),
            compression: "gzip",
            diffId: digestOf(layerTar("one")),
          },
        ],
        missing: [],
      },
    ]);
  });

  test("lists missing layers, whose compression is read from their types", async () => {
    const files: Files = {};
    const image = addImage(files, { compression: "zstd" });
    const [layer] = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "").layers;
    const archive = await read(layout({ ...files, [pathOf(layer.digest)]: undefined }, [image]));
    expect(archive.images[0]?.missing).toEqual([layer.digest]);
    expect(archive.images[0]?.layers.map(({ compression }) => compression)).toEqual(["zstd", "zstd"]);
  });

  test("marks layers that are compressed although their type says otherwise", async () => {
    const files: Files = {};
    const tar = addBlob(files, LAYER, layerTar("one"));
    const { layers } = JSON.parse(files[pathOf(addImage(files, { layers: ["two"] }).digest)]?.toString() ?? "");
    const archive = await read(
      layout(files, [
        addImage(files, {
          layers: ["one", "two"],
          manifest: {
            layers: [
              { ...tar, mediaType: `${LAYER}+gzip` },
              { ...layers[0], mediaType: LAYER },
            ],
          },
        }),
      ]),
    );
    expect(archive.images[0]?.layers.map(({ isMislabelled, compression }) => [isMislabelled, compression])).toEqual([
      [undefined, "none"],
      [true, "gzip"],
    ]);
  });

  test("lists the URLs of its foreign layers", async () => {
    const files: Files = {};
    const tar = addBlob(files, LAYER, layerTar("one"));
    const foreign = {
      ...tar,
      mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar",
      urls: ["https://a"],
    };
    const whole = manifestOf(files, { layers: [foreign] });
    const layersOf = async (all: Files) => (await read(all)).images[0]?.layers.map(({ foreignUrls }) => foreignUrls);
    expect(await layersOf(whole)).toEqual([undefined]);
    const without = { ...whole, [pathOf(tar.digest)]: undefined };
    expect(await layersOf(without)).toEqual([["https://a"]]);
    expect((await read(without)).images[0]?.missing).toEqual([]);
  });

  test.each([
    ["application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "is encrypted"],
    ["application/x", "is not a type of an image's layers"],
  ])("is refused with a layer of the type %s", async (mediaType, what) => {
    const files: Files = {};
    const tar = addBlob(files, mediaType, layerTar("one"));
    await expect(read(manifestOf(files, { layers: [tar] }))).rejects.toMatchObject({
      problem: "unsupported",
      message: `the layer ${tar.digest} has the type ${mediaType}, which ${what}`,
    });
  });

  test.each([
    "application/vnd.in-toto+json",
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "application/vnd.wasm.content.layer.v1+wasm",
  ])("is not an image with a layer of the type %s", async (mediaType) => {
    const files: Files = {};
    const layer = addBlob(files, mediaType, "x");
    await expect(read(manifestOf(files, { layers: [layer] }))).rejects.toThrow(
      "the archive holds no image: it holds a",
    );
  });

  test("is described by its artifact type when it is an artifact", async () => {
    const files: Files = {};
    const config = addBlob(files, "application/vnd.oci.empty.v1+json", "{}");
    const artifact = manifestOf(files, { artifactType: "application/vnd.acme.thing", config, layers: [] });
    await expect(read(artifact)).rejects.toThrow('it holds an artifact of the type "application/vnd.acme.thing"');
  });

  test.each([
    [["one"], [], "has 1 layer, its config 0 diff IDs"],
    [["one", "two"], ["one"], "has 2 layers, its config 1 diff ID"],
  ])("is refused with layers of %j and diff IDs of %j", async (layers, known, message) => {
    const files: Files = {};
    const rootfs = { type: "layers", diff_ids: known.map((content) => digestOf(layerTar(content))) };
    await expect(read(layout(files, [addImage(files, { layers, config: { rootfs } })]))).rejects.toMatchObject({
      problem: "mismatch",
      message: expect.stringContaining(message),
    });
  });

  test("with an uncompressed layer must have its digest as the diff ID, unless the algorithms differ", async () => {
    const files: Files = {};
    const rootfs = { type: "layers", diff_ids: [digestOf(layerTar("one"), "sha512")] };
    const crafted = { layers: ["one"], compression: "none", config: { rootfs } } as const;
    expect((await read(layout(files, [addImage(files, crafted)]))).images).toHaveLength(1);
    const wrong = { type: "layers", diff_ids: [digestOf(layerTar("two"))] };
    await expect(
      read(layout(files, [addImage(files, { ...crafted, config: { rootfs: wrong } })])),
    ).rejects.toMatchObject({
      problem: "mismatch",
      message: `the uncompressed layer ${digestOf(layerTar("one"))} has the diff ID ${digestOf(layerTar("two"))} in the config, expected its digest`,
    });
  });

  test.each<[listed: Described["platform"], config: Record<string, unknown>, denied: boolean]>([
    [{ os: "linux", architecture: "x86_64" }, {}, false],
    [{ os: "linux", architecture: "amd64", variant: "v2" }, {}, false],
    [{ os: "windows", architecture: "amd64" }, {}, true],
    [{ os: "linux", architecture: "arm64" }, {}, true],
    [{ os: "linux", architecture: "arm64" }, { architecture: undefined }, false],
    [undefined, {}, false],
  ])("listed for %j, with a config of %j, contradicts its config: %s", async (platform, config, denied) => {
    const files: Files = {};
    const image = { ...addImage(files, { layers: [], config }), platform };
    const archive = await read(layout(files, [image]));
    expect(archive.images[0]?.denied !== undefined).toBe(denied);
    expect(archive.images[0]?.platform.architecture).toBe(
      platform === undefined || (platform as { architecture: string }).architecture !== "arm64" ? "amd64" : "arm64",
    );
  });
});

describe("an archive in both formats", () => {
  /** A layout of two images with docker's list beside it. */
  function both(change: (entries: { Config: string; RepoTags: string[]; Layers: string[] }[]) => unknown = (it) => it) {
    const files: Files = {};
    const images = [addImage(files), addImage(files, { platform: arm64, layers: ["arm"] })];
    const entries = images.map((image, index) => {
      const { config, layers } = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
      return {
        Config: pathOf(config.digest),
        RepoTags: [`app:${index}`],
        Layers: layers.map(({ digest }: Described) => pathOf(digest)),
      };
    });
    const manifest = Buffer.from(JSON.stringify(change(entries)));
    return { files: { ...layout(files, images), "manifest.json": manifest }, images };
  }

  test("has the names of both formats", async () => {
    expect((await read(both().files)).names).toEqual(["app:0", "app:1"]);
  });

  test("has only the names of the requested image", async () => {
    const { files, images } = both();
    expect((await read(files, images[1]?.digest)).names).toEqual(["app:1"]);
  });

  test("may name layers by their content", async () => {
    const { files } = both(([one]) => [
      { ...one, Layers: ["one", "two"].map((content) => pathOf(digestOf(layerTar(content)))) },
    ]);
    expect((await read(files)).names).toEqual(["app:0"]);
  });

  test.each<[name: string, change: Parameters<typeof both>[0]]>([
    ["fewer layers", ([one]) => [{ ...one, Layers: one?.Layers.slice(1) }]],
    ["more layers", ([one]) => [{ ...one, Layers: [...(one?.Layers ?? []), "x"] }]],
    ["one other layer", ([one]) => [{ ...one, Layers: [one?.Layers[0], "x"] }]],
  ])("is refused with %s in one of the formats", async (_name, change) => {
    await expect(read(both(change).files)).rejects.toMatchObject({
      problem: "mismatch",
      message: "manifest.json and index.json list different layers for one config",
    });
  });

  test("is refused when docker's list names another config", async () => {
    const { files } = both(([one]) => [{ ...one, Config: "x.json" }]);
    await expect(read(files)).rejects.toMatchObject({
      problem: "mismatch",
      message: 'manifest.json names the config "x.json", which no image of index.json has',
    });
  });
});

describe("describes an archive that is not an image", () => {
  test.each<[files: Files, message: string]>([
    [{}, "the tar is neither an OCI layout nor a docker archive: it has no file at all"],
    [{ a: Buffer.of() }, 'the tar is neither an OCI layout nor a docker archive: it has 1 file such as "a"'],
    [
      { a: Buffer.of(), b: Buffer.of(), c: Buffer.of(), d: Buffer.of() },
      'the tar is neither an OCI layout nor a docker archive: it has 4 files such as "a", "b", "c"',
    ],
    [{ "oci-layout": Buffer.of() }, "the OCI layout has no index.json"],
    [
      { repositories: Buffer.of() },
      "the archive has only the `repositories` file of engines before 1.10, and no manifest.json",
    ],
  ])("%#", async (files, message) => {
    await expect(read(files)).rejects.toMatchObject({
      problem: "not-an-image",
      message,
      advice: expect.stringContaining("`docker buildx build --output type=oci,dest=<file>`"),
    });
  });

  const below = (folder: string, files: Files): Files =>
    Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
  const empty = (...names: string[]): Files => Object.fromEntries(names.map((name) => [name, Buffer.of()]));
  const hex = "0".repeat(64);
  test.each<[what: string, files: Files, message: RegExp, advice: RegExp]>([
    [
      "a packed folder",
      below("an/image", soundLayout()),
      /in the folder "an\/image" of the tar/,
      /--directory <folder> \./,
    ],
    [
      "a packed folder of a docker archive",
      empty("x/manifest.json", `x/${hex}/layer.tar`),
      /in the folder "x" of the tar/,
      /use the folder itself/,
    ],
    ["a web page in a folder", empty("web/manifest.json", "web/index.html"), /neither an OCI/, /^Write the archive/],
    ["a `dir:` folder", empty("version", "manifest.json", hex, "signature-1"), /with `dir:`/, /^Use the folder itself/],
    ["a file system", empty("etc/passwd", "a"), /it has 2 files/, /`docker export` .* Write the archive/],
  ])("%s", async (_what, files, message, advice) => {
    await expect(read(files)).rejects.toMatchObject({
      problem: "not-an-image",
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    });
  });

  test("a stray file `version` beside a docker archive changes nothing", async () => {
    await expect(read(empty("version", "manifest.json", "layer.tar"))).rejects.toThrow("manifest.json is empty");
  });
});

describe("a docker archive", () => {
  const [one, two] = [
    dockerArchive(),
    dockerArchive({ layers: ["three"], entry: { RepoTags: ["other:1", "other:2"] } }),
  ];
  const entriesOf = (files: Files) => JSON.parse(files["manifest.json"]?.toString() ?? "");
  const together = (...entries: unknown[]): Files => ({
    ...one,
    ...two,
    "manifest.json": Buffer.from(JSON.stringify(entries)),
  });

  test("is identified by its config, and gets the manifest that containerd creates for it", async () => {
    const archive = await read(one);
    const [{ Config, Layers }] = entriesOf(one);
    const digest = digestOf(one[Config] ?? Buffer.of());
    const manifest = {
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", digest, size: one[Config]?.length },
      layers: Layers.map((path: string) => ({
        mediaType: "application/vnd.docker.image.rootfs.diff.tar",
        digest: digestOf(one[path] ?? Buffer.of()),
        size: one[path]?.length,
      })),
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    const root = { mediaType: DOCKER_MANIFEST, digest: digestOf(bytes), bytes };
    expect(archive).toMatchObject({
      kind: "docker-archive",
      digest,
      identity: "config",
      names: ["localhost/app:1"],
      root,
    });
    expect([...archive.documents]).toEqual([[root.digest, root]]);
    expect(archive.images[0]?.manifest).toEqual(root);
  });

  test.each(["gz", "zst", "xz", "bz2"])(
    "may name its compressed layers by digest with the ending .tar.%s",
    async (ending) => {
      const layerPath = (_tar: Buffer, _index: number, stored: Buffer) => `${digestOf(stored).slice(7)}.tar.${ending}`;
      const files = dockerArchive({ compression: "gzip", layerPath });
      const { root } = await read(files);
      const { layers } = JSON.parse(Buffer.from(root?.bytes ?? []).toString());
      expect(layers[0].mediaType).toBe("application/vnd.docker.image.rootfs.diff.tar.gzip");
    },
  );

  test.each(["sha256:", "blobs/sha256/", ""])("may name its compressed layers by digest after %j", async (prefix) => {
    const layerPath = (_tar: Buffer, _index: number, stored: Buffer) => `${prefix}${digestOf(stored).slice(7)}`;
    expect((await read(dockerArchive({ compression: "gzip", layerPath }))).root).toBeDefined();
  });

  test.each(["x/", "sha512:", "blobs/sha512/"])(
    "does not name a compressed layer by digest after %j",
    async (prefix) => {
      const layerPath = (_tar: Buffer, _index: number, stored: Buffer) => `${prefix}${digestOf(stored).slice(7)}`;
      const archive = await read(dockerArchive({ compression: "gzip", layerPath }));
      expect(archive.root).toBeUndefined();
      expect(archive.documents.size).toBe(0);
    },
  );

  test.each(["", "sha256:"])(
    "is read when its config does not match the digest in its name after %j",
    async (prefix) => {
      const { digest } = await read(dockerArchive({ configPath: `${prefix}${"0".repeat(64)}` }));
      expect(digest).toBe((await read(dockerArchive({}))).digest);
    },
  );

  test("is refused when the blob of its config has another digest", async () => {
    const configPath = `blobs/sha256/${"0".repeat(64)}`;
    await expect(read(dockerArchive({ configPath }))).rejects.toMatchObject({
      problem: "mismatch",
      message: expect.stringMatching(`^the config ${configPath} has the digest sha256:`),
    });
  });

  test("has one image under all of its names, without digests", async () => {
    const [entry] = entriesOf(one);
    const archive = await read(
      together({ ...entry, RepoTags: ["a:1", "b:1"] }, { ...entry, RepoTags: ["b:1", `c@sha256:${"0".repeat(64)}`] }),
    );
    expect(archive.names).toEqual(["a:1", "b:1"]);
  });

  test("returns the image with the requested name or config digest", async () => {
    const files = together(...entriesOf(one), ...entriesOf(two));
    const other = await read(files, "other:2");
    expect(other.names).toEqual(["other:1", "other:2"]);
    expect((await read(files, other.digest)).digest).toBe(other.digest);
    expect((await read(files, "localhost/app:1")).digest).not.toBe(other.digest);
    await expect(read(files, "third:1")).rejects.toThrow(
      'the archive has no image "third:1"; it has localhost/app:1, other:1',
    );
    await expect(read(files)).rejects.toThrow("the archive holds 2 images: localhost/app:1, other:1");
  });

  test("returns the image with the requested name, even if the config of another is missing", async () => {
    const files = together(...entriesOf(one), { ...entriesOf(two)[0], Config: "x.json" });
    expect((await read(files, "localhost/app:1")).names).toEqual(["localhost/app:1"]);
  });

  test("shows an image without a name by its config's digest", async () => {
    const [entry] = entriesOf(one);
    const files = together({ ...entry, RepoTags: null }, ...entriesOf(two));
    await expect(read(files)).rejects.toThrow(`the archive holds 2 images: ${entry.Config}, other:1`);
  });

  test.each<[name: string, files: Files, problem: string, message: string | RegExp]>([
    ["lists nothing", { "manifest.json": Buffer.from("[]") }, "not-an-image", "manifest.json lists no image"],
    [
      "has no config",
      dockerArchive({ entry: { Config: "x.json" } }),
      "missing",
      'manifest.json names the config "x.json", which is not there',
    ],
    [
      "has no layer",
      dockerArchive({ entry: { Layers: ["x", "y"] } }),
      "missing",
      'manifest.json names the layer "x", which is not there',
    ],
    [
      "has one layer and no diff ID",
      dockerArchive({ layers: ["one"], config: { rootfs: { type: "layers" } } }),
      "mismatch",
      "manifest.json lists 1 layer, the config 0 diff IDs",
    ],
    [
      "has a list that is too long",
      { "manifest.json": Buffer.alloc(4_194_305) },
      "limit",
      "manifest.json has 4194305 bytes, expected a document of at most 4194304",
    ],
  ])("is refused when it %s", async (_name, files, problem, message) => {
    await expect(read(files)).rejects.toMatchObject({ problem, message });
  });

  test("may have a list and a config of the maximum length", async () => {
    const padded = (bytes: Buffer | undefined, length: number) =>
      Buffer.concat([bytes ?? Buffer.of(), Buffer.alloc(length - (bytes?.length ?? 0), " ")]);
    const files = dockerArchive({ layers: [], configPath: "c.json" });
    const long = {
      "manifest.json": padded(files["manifest.json"], 4_194_304),
      "c.json": padded(files["c.json"], 8_388_608),
    };
    expect((await read(long)).images).toHaveLength(1);
    await expect(read({ ...long, "c.json": padded(files["c.json"], 8_388_609) })).rejects.toMatchObject({
      problem: "limit",
      message: "the config c.json has 8388609 bytes, expected at most 8388608",
    });
  });
});
