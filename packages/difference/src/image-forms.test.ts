import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import { explain } from "./testing/explain.ts";

type Files = Readonly<Record<string, string>>;

interface Image {
  readonly layers: readonly Files[];
  readonly form?: "oci" | "docker";
  readonly compression?: "gzip" | "zstd";
  readonly annotations?: Files;
}

const ALPHA = { "etc/os-release": "ID=alpha\n" };
const BETA = { "etc/os-release": "ID=beta\n" };
const APP = { app: "hello\n" };

/** An image of one platform, as `skopeo copy` writes it to `oci-archive:` or `docker-archive:`. */
function archiveOf({ layers, form = "oci", compression = "gzip", annotations = {} }: Image): Uint8Array {
  const tars = layers.map((files) =>
    Buffer.concat([...Object.entries(files).map(([name, text]) => tarFile(name, text)), TAR_END]),
  );
  const history = layers.map((_files, index) => ({ created: "2020-09-13T12:26:40Z", comment: `layer ${index + 1}` }));
  const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", history }));
  if (form === "docker") {
    const names = tars.map((_tar, index) => `${index}/layer.tar`);
    const manifest = [{ Config: "config.json", RepoTags: [], Layers: names }];
    const files = tars.map((tar, index) => tarFile(names[index] ?? "", tar));
    const documents = [tarFile("config.json", config), tarFile("manifest.json", JSON.stringify(manifest))];
    return Buffer.concat([...files, ...documents, TAR_END]);
  }
  const blobs = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array): { digest: string; size: number } => {
    const hex = createHash("sha256").update(bytes).digest("hex");
    blobs.set(hex, bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const compress = compression === "gzip" ? gzipSync : zstdCompressSync;
  const mediaType = `application/vnd.oci.image.layer.v1.tar+${compression}`;
  const described = tars.map((tar) => ({ mediaType, ...put(compress(tar)) }));
  const document = { schemaVersion: 2, config: put(config), layers: described, annotations };
  const manifests = [put(Buffer.from(JSON.stringify(document)))];
  const layout = tarFile("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  const files = [...blobs].map(([hex, bytes]) => tarFile(`blobs/sha256/${hex}`, bytes));
  return Buffer.concat([layout, tarFile("index.json", JSON.stringify({ manifests })), ...files, TAR_END]);
}

async function causesOf(left: Image, right: Image): Promise<unknown[]> {
  const { causes } = await explain(archiveOf(left), archiveOf(right));
  return causes.map(({ kind, place }) => [kind, place.replace("linux/amd64: ", "")]);
}

const LAYERS = [["member-set", "layers"]];

describe("the cause in images", () => {
  test.each<[string, Image, Image, unknown[]]>([
    ["squashed", { layers: [ALPHA, APP] }, { layers: [{ ...ALPHA, ...APP }] }, LAYERS],
    [
      "squashed, with a file that a later layer replaced",
      { layers: [ALPHA, APP, BETA] },
      { layers: [{ ...APP, ...BETA }] },
      LAYERS,
    ],
    [
      "squashed, with `./` before names, and a folder whose name ends in a dot",
      { layers: [{ "./etc./app": "x", "./app": "y" }, APP] },
      { layers: [{ "etc./app": "x", ...APP }] },
      LAYERS,
    ],
    [
      "squashed, with a file that a later layer removed",
      {
        layers: [
          { ...ALPHA, "etc/old": "x" },
          { ...APP, "etc/.wh.old": "" },
        ],
      },
      { layers: [{ ...APP, ...ALPHA }] },
      LAYERS,
    ],
    [
      "squashed, with a file called `undefined`",
      { layers: [{ ...ALPHA, "etc/undefined": "x" }, { "etc/new": "y" }] },
      { layers: [{ ...ALPHA, "etc/undefined": "x", "etc/new": "y" }] },
      LAYERS,
    ],
    [
      "squashed, with a folder that a later layer replaced",
      {
        layers: [
          { ...ALPHA, "etc/old": "x" },
          { "etc/new": "y", "etc/.wh..wh..opq": "" },
        ],
      },
      { layers: [{ "etc/new": "y" }] },
      LAYERS,
    ],
    [
      "squashed, with a file whose name only starts like a whiteout of a folder",
      { layers: [ALPHA, { "etc/.wh..wh..opq-not": "x" }] },
      { layers: [{ ...ALPHA, "etc/.wh..wh..opq-not": "x" }] },
      LAYERS,
    ],
    [
      "squashed and on a different base",
      { layers: [ALPHA, APP] },
      { layers: [{ ...BETA, ...APP }] },
      [
        ["embedded-text", "layers together: etc/os-release: line 1"],
        ["member-set", "layers"],
      ],
    ],
    [
      "in an archive of `docker save`",
      { layers: [ALPHA] },
      { layers: [ALPHA], form: "docker" },
      [
        ["archive-format", "manifest"],
        ["compression", "layer 1: format"],
      ],
    ],
    [
      "with layers in zstd",
      { layers: [ALPHA] },
      { layers: [ALPHA], compression: "zstd" },
      [["compression", "layer 1: format"]],
    ],
    [
      "on a different base",
      { layers: [ALPHA], annotations: { "org.opencontainers.image.base.digest": "sha256:1" } },
      { layers: [BETA], annotations: { "org.opencontainers.image.base.digest": "sha256:2" } },
      [
        ["embedded-text", 'manifest .annotations["org.opencontainers.image.base.digest"]'],
        ["embedded-text", "layer 1: unpacked, etc/os-release: line 1"],
      ],
    ],
  ])("%s", async (_name, left, right, causes) => {
    expect(await causesOf(left, right)).toEqual(causes);
  });
});
