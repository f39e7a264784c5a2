import { describe, expect, test } from "@jest/globals";
import {
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  parseConfig,
  parseDockerImages,
  parseIndex,
  parseLayoutVersion,
  parseManifest,
  parseManifestKind,
  parseMediaType,
} from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import { CONFIG, digestOf, INDEX, LAYER, MANIFEST } from "./testing/crafted-image.ts";

const bytesOf = (value: unknown): Buffer => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const digest = digestOf(Buffer.from("x"));
const descriptor = { mediaType: LAYER, digest, size: 1 };
const plain = { ...descriptor, urls: [], annotations: new Map(), platform: undefined };

function refuses(failing: () => unknown, message: string): void {
  expect(failing).toThrow(expect.objectContaining({ name: "ImageArchiveError", problem: "malformed" }));
  expect(failing).toThrow(message);
}

describe("an index", () => {
  const read = (value: unknown) => parseIndex(bytesOf(value), "index.json");

  test("has manifests with all fields of a descriptor", () => {
    const platform = { os: "windows", architecture: "arm", variant: "v7", "os.version": "10.0.1" };
    const whole = { ...descriptor, urls: ["https://a"], annotations: { k: "v" }, platform };
    expect(read({ schemaVersion: 2, manifests: [whole, descriptor] }).manifests).toEqual([
      {
        ...descriptor,
        urls: ["https://a"],
        annotations: new Map([["k", "v"]]),
        platform: { os: "windows", architecture: "arm", variant: "v7", osVersion: "10.0.1" },
      },
      plain,
    ]);
    expect(read({ manifests: [] }).manifests).toEqual([]);
  });

  test.each([
    ["another version", { schemaVersion: 1, manifests: [] }, "schemaVersion"],
    ["a config", { manifests: [], config: {} }, "`config` is not allowed in a document of this kind"],
    ["layers", { manifests: [], layers: [] }, "`layers` is not allowed"],
    ["the layers of schema 1", { manifests: [], fsLayers: [] }, "`fsLayers` is not allowed"],
    ["a platform without `os`", { manifests: [{ ...descriptor, platform: { architecture: "a" } }] }, "os` is absent"],
    [
      "a platform without `architecture`",
      { manifests: [{ ...descriptor, platform: { os: "a" } }] },
      "architecture` is absent",
    ],
    [
      "a key that Go confuses with another",
      { manifests: [], Manifests: [] },
      'has the key "Manifests", which other tools would read as "manifests"',
    ],
    ["the long s", { manifests: [], fſLayers: [] }, 'which other tools would read as "fsLayers"'],
    [
      "a number for the variant",
      { manifests: [{ ...descriptor, platform: { os: "a", architecture: "b", variant: 7 } }] },
      "variant` is 7",
    ],
  ])("is refused with %s", (_name, value, message) => refuses(() => read(value), message));
});

describe("a manifest", () => {
  const read = (value: unknown) => parseManifest(bytesOf(value), "the manifest");
  const config = { ...descriptor, mediaType: CONFIG };

  test("has a config, layers and optionally an artifact type", () => {
    expect(read({ schemaVersion: 2, config, layers: [descriptor], artifactType: "a/b" })).toMatchObject({
      config: { mediaType: CONFIG },
      layers: [plain],
      artifactType: "a/b",
    });
    expect(read({ config }).layers).toEqual([]);
    expect(read({ config, layers: null }).layers).toEqual([]);
  });

  test.each([
    ["another version", { schemaVersion: 1, config }, "schemaVersion"],
    ["manifests", { config, manifests: [] }, "`manifests` is not allowed"],
    ["the layers of schema 1", { config, fsLayers: [] }, "`fsLayers` is not allowed"],
    ["no config", { layers: [] }, "config` is absent"],
  ])("is refused with %s", (_name, value, message) => refuses(() => read(value), message));
});

describe("a config", () => {
  const rootfs = { type: "layers", diff_ids: [digest] };
  const read = (value: unknown) => parseConfig(bytesOf(value), "the config");

  test("names its platform and its layers", () => {
    const value = { os: "windows", architecture: "arm", variant: "v7", "os.version": "10.0.1", rootfs };
    expect(read(value)).toEqual({
      os: "windows",
      architecture: "arm",
      variant: "v7",
      osVersion: "10.0.1",
      namesPlatform: true,
      diffIds: [digest],
    });
  });

  test.each([
    [{}, "linux", "unknown"],
    [{ os: "" }, "linux", "unknown"],
    [{ os: "freebsd" }, "freebsd", "unknown"],
    [{ architecture: "arm64" }, "linux", "arm64"],
  ])("with only %j is for %s on %s", (said, os, architecture) => {
    expect(read({ ...said, rootfs })).toMatchObject({ os, architecture, namesPlatform: false });
  });

  test("may have no layers, with null or a missing list", () => {
    expect(read({ rootfs: { type: "layers", diff_ids: null } }).diffIds).toEqual([]);
    expect(read({ rootfs: { type: "layers" } }).diffIds).toEqual([]);
  });

  test("may have settings for running it, with the types that engines read", () => {
    const config = {
      Cmd: ["a"],
      Entrypoint: ["a"],
      Env: ["A=b"],
      Labels: { a: "b" },
      User: "a",
      WorkingDir: "/",
      ExposedPorts: {},
    };
    expect(read({ rootfs, config })).toMatchObject({ diffIds: [digest] });
    for (const key of ["Cmd", "Entrypoint", "Env", "Labels", "User", "WorkingDir"]) {
      refuses(() => read({ rootfs, config: { ...config, [key]: 1 } }), `\`config.${key}\` is 1`);
    }
  });
});

test("parseMediaType reads the type of any document that states it", () => {
  expect(parseMediaType(bytesOf({ mediaType: MANIFEST, x: 1 }), "a")).toBe(MANIFEST);
  expect(parseMediaType(bytesOf({}), "a")).toBeUndefined();
});

test("parseManifestKind returns the stated media type, or by default OCI's type of a manifest or index", () => {
  const docker = "application/vnd.docker.distribution.manifest.v2+json";
  expect(parseManifestKind(bytesOf({ mediaType: docker }), "a")).toBe(docker);
  expect(parseManifestKind(bytesOf({ config: {} }), "a")).toBe(MANIFEST);
  expect(parseManifestKind(bytesOf({ manifests: [] }), "a")).toBe(INDEX);
});

test("a layout has its version", () => {
  expect(parseLayoutVersion(bytesOf({ imageLayoutVersion: "1.0.0" }))).toBe("1.0.0");
  refuses(() => parseLayoutVersion(bytesOf({})), "imageLayoutVersion` is absent");
});

test("parseDockerImages removes leading dots and slashes from paths", () => {
  const value = [
    { Config: "./a/./b.json", RepoTags: ["a:1"], Layers: ["/c/layer.tar", "d//layer.tar"] },
    { Config: "c.json", RepoTags: null, Layers: null },
  ];
  expect(parseDockerImages(bytesOf(value))).toEqual([
    { configPath: "a/b.json", repoTags: ["a:1"], layerPaths: ["c/layer.tar", "d/layer.tar"] },
    { configPath: "c.json", repoTags: [], layerPaths: [] },
  ]);
});

test("accepts documents up to the size limit of registries", () => {
  const padded = (text: string, length: number): Buffer => Buffer.from(text.padEnd(length));
  const index = '{"manifests":[]}';
  expect(parseIndex(padded(index, MAX_MANIFEST_BYTES), "a").manifests).toEqual([]);
  expect(() => parseIndex(padded(index, MAX_MANIFEST_BYTES + 1), "a")).toThrow(ImageArchiveError);
  expect(MAX_MANIFEST_BYTES).toBe(4_194_304);
  expect(MAX_CONFIG_BYTES).toBe(8_388_608);
});
