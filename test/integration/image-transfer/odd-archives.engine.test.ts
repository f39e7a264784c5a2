import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { connect, type Engine, parseEndpoint, removeImage, tryImage } from "@release-actions/docker";
import { bringIn } from "@release-actions/image-transfer";
import {
  addBlob,
  addImage,
  addIndex,
  type CraftedImage,
  type Described,
  dockerArchive,
  type Files,
  LAYER,
  layout,
  MANIFEST,
  pathOf,
  soundLayout,
  tarOf,
} from "@release-actions/oci/testing";
import { silentReporter } from "@release-actions/report";
import { OWN_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { countedContent, streamedContent } from "./content.ts";

const layers = (): string[] => [randomUUID(), randomUUID()];

/** An archive of one image, listed as `list` says. */
function archive(crafted: CraftedImage, list: (image: Described, files: Files) => unknown[]): Buffer {
  const files: Files = {};
  const image = addImage(files, { layers: layers(), ...crafted });
  return tarOf(layout(files, list(image, files)));
}

const withoutPlatform = ({ platform: _, ...image }: Described): unknown[] => [image];

/** An image whose manifest was changed. */
function changed(
  crafted: CraftedImage,
  change: (manifest: { config: Described; layers: Described[] }) => void,
): Buffer {
  return archive(crafted, (image, files) => {
    const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
    change(manifest);
    return [addBlob(files, MANIFEST, manifest)];
  });
}

const renamed = (compression: "none" | "zstd", mediaType: string): Buffer =>
  changed({ compression }, (manifest) => {
    for (const layer of manifest.layers) layer.mediaType = mediaType;
  });

/** What other loaders take. */
const ODD: readonly (readonly [string, () => Buffer])[] = [
  ["no architecture in the config", () => archive({ config: { architecture: undefined } }, withoutPlatform)],
  [
    "no architecture in the config, and one in the index",
    () => archive({ config: { architecture: undefined } }, (image, files) => [addIndex(files, [image])]),
  ],
  ["no os in the config", () => archive({ config: { os: undefined } }, withoutPlatform)],
  [
    "no architecture in the config of a docker archive",
    () => tarOf(dockerArchive({ layers: layers(), config: { architecture: undefined } })),
  ],
  [
    "no os in the config of a docker archive",
    () => tarOf(dockerArchive({ layers: layers(), config: { os: undefined } })),
  ],
  [
    "no layers, as null",
    () => {
      const config = { author: randomUUID(), rootfs: { type: "layers", diff_ids: null } };
      return tarOf(soundLayout({ layers: [], config, manifest: { layers: null } }));
    },
  ],
  [
    "x86_64 in the index",
    () =>
      archive({}, (image, files) => [
        addIndex(files, [{ ...image, platform: { os: "linux", architecture: "x86_64" } }]),
      ]),
  ],
  ["layers called gzip that are not compressed", () => renamed("none", `${LAYER}+gzip`)],
  ["layers called uncompressed that are zstd", () => renamed("zstd", LAYER)],
  [
    "a config called application/octet-stream",
    () =>
      changed({}, ({ config }) => {
        config.mediaType = "application/octet-stream";
      }),
  ],
  [
    "a manifest listed by Docker's type",
    () => archive({}, (image) => [{ ...image, mediaType: "application/vnd.docker.distribution.manifest.v2+json" }]),
  ],
  [
    "one platform listed twice in the index",
    () => archive({}, (image, files) => [addIndex(files, [image, addImage(files, { layers: layers() })])]),
  ],
];

describeWithEngines("bringIn, of archives that are odd and that other loaders take", OWN_VARIANTS, (own) => {
  let engine: Engine;
  let tag = "";
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });
  afterEach(async () => {
    await removeImage(engine, tag, { force: true });
  });

  test.each(ODD)("%s", async (title, make) => {
    if (own.variant === "20.10" && title.includes("zstd")) return; // It knows no zstd.
    for (const open of [(tar: Buffer) => countedContent("odd", memorySource(tar)), streamed]) {
      tag = `localhost/odd-archives/${randomUUID()}:1`;
      await bringIn(engine, {
        ...{ content: open(make()), platform: engine.platform, tags: [tag], via: "auto", expectedDigest: undefined },
        ...{ reporter: silentReporter, signal: new AbortController().signal },
      });
      expect(await tryImage(engine, tag)).toEqual({ kind: "usable" });
      await removeImage(engine, tag, { force: true });
    }
  });
});

const streamed = (tar: Buffer) => streamedContent("odd", tar);
