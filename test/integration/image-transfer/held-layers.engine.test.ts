import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import { memorySource, WindowedSource } from "@release-actions/archive";
import {
  connect,
  type Engine,
  inspectImage,
  parseEndpoint,
  removeImage,
  saveImages,
  tryImage,
} from "@release-actions/docker";
import { type BringInOptions, type BroughtIn, bringIn } from "@release-actions/image-transfer";
import { checkImageArchive, indexImageArchive } from "@release-actions/oci";
import {
  addAttestation,
  addImage,
  addIndex,
  digestOf,
  dockerArchive,
  type Files,
  layout,
  soundLayout,
  tarOf,
} from "@release-actions/oci/testing";
import { silentReporter } from "@release-actions/report";
import { OWN_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines, startedEngine } from "../../engines.ts";
import { buildInEngine, provideOciArchive } from "../../images/build-image.ts";
import { countedContent, streamedContent } from "./content.ts";
import { HELD_IMAGES, madeFrom, pullHalf } from "./held-states.ts";

/** Archives of the same layers, as different tools write them. */
const KINDS: readonly (readonly [string, (layers: string[]) => Buffer])[] = [
  ["an OCI archive with gzip layers", (layers) => tarOf(soundLayout({ layers }))],
  ["an OCI archive with uncompressed layers", (layers) => tarOf(soundLayout({ layers, compression: "none" }))],
  ["an OCI archive with zstd layers", (layers) => tarOf(soundLayout({ layers, compression: "zstd" }))],
  ["an OCI archive with an index and an attestation", attested],
  ["a docker archive (skopeo, podman, docker before 25)", (layers) => tarOf(dockerArchive({ layers }))],
  ["a docker archive with gzip layers named by digest (crane)", named],
];

/** The parts of an image's layers that an engine may already have. */
const HELD: readonly (readonly [string, (layers: string[]) => Buffer])[] = [
  ["nothing", () => tarOf(soundLayout({ layers: [randomUUID()] }))],
  ...Object.entries(HELD_IMAGES),
];

describeWithEngines("bringIn, into an engine that already has layers", OWN_VARIANTS, (own) => {
  let engine: Engine;
  const tags: string[] = [];
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });
  afterEach(async () => {
    for (const tag of tags.splice(0)) await removeImage(engine, tag, { force: true });
  });

  function bring(content: BringInOptions["content"], options: Partial<BringInOptions> = {}): Promise<BroughtIn> {
    const tag = `localhost/held-layers/${randomUUID()}:1`;
    tags.push(tag);
    return bringIn(engine, {
      ...{ content, platform: engine.platform, tags: [tag], via: "auto", expectedDigest: undefined },
      ...{ reporter: silentReporter, signal: new AbortController().signal },
      ...options,
    });
  }

  const opened = (archive: Buffer): BringInOptions["content"] => countedContent("archive", memorySource(archive));

  /** Expects that a container can be created from the image, and that the engine has all of its content. */
  async function expectWhole({ id }: BroughtIn, archive: Buffer): Promise<void> {
    const tag = tags.at(-1) ?? "";
    const source = new WindowedSource(memorySource(archive));
    const [image] = (await indexImageArchive(source)).archive.images;
    const found = await inspectImage(engine, tag, { platform: engine.platform });
    expect(found).toMatchObject({ id, diffIds: image?.layers.map(({ diffId }) => diffId) });
    expect(await tryImage(engine, tag, { platform: engine.platform })).toEqual({ kind: "usable" });
    const saved = await checkImageArchive(await saveImages(engine, [tag]));
    expect(saved.archive.images.map(({ config }) => config.digest)).toEqual([image?.config.digest]);
  }

  const canTake = (archive: Buffer): boolean => own.variant !== "20.10" || !archive.includes("tar+zstd");

  // Only the containerd store keeps unpacked layers apart from fetched ones. For the other stores one case is enough.
  const held = own.variant === "containerd" ? HELD : HELD.filter(([what]) => what === "the same layers with gzip");
  for (const [what, holding] of held) {
    test.each(KINDS)(`${what}: takes %s, by both ways`, async (_kind, make) => {
      for (const streamed of [false, true]) {
        const layers = [randomUUID(), randomUUID(), randomUUID()];
        const [before, archive] = [holding(layers), make(layers)];
        if (!canTake(archive)) return;
        await bring(opened(before));
        const content = streamed ? streamedContent("archive", archive) : opened(archive);
        await expectWhole(await bring(content), archive);
      }
    });
  }

  test.each(KINDS)(
    "the image itself, removed while another image on top of it stays: takes %s",
    async (_kind, make) => {
      const layers = [randomUUID(), randomUUID()];
      const archive = make(layers);
      if (!canTake(archive)) return;
      // This image on top of it keeps its layers unpacked.
      await bring(opened(madeFrom(layers)));
      await bring(opened(archive));
      await removeImage(engine, tags.pop() ?? "", { force: true });
      await expectWhole(await bring(opened(archive)), archive);
    },
  );

  test("brings only the layers that the engine lacks, and says why", async () => {
    const big = (): string => randomUUID().repeat(3000);
    const [shared, other] = [big(), big()];
    await bring(opened(tarOf(soundLayout({ layers: [shared], compression: "none" }))));
    const archive = tarOf(dockerArchive({ layers: [shared, other] }));
    const said: string[] = [];
    const content = countedContent("archive", memorySource(archive));
    await expectWhole(
      await bring(content, { reporter: { ...silentReporter, info: (text) => said.push(text) } }),
      archive,
    );
    expect(said.filter((line) => !/the engine has 1 layer in unpacked form only/.test(line))).toEqual([]);
    // It reads each layer once, and the headers and documents around the layers.
    expect(content.fetched()).toBeLessThan(archive.length * 1.2);
  });

  test("a layer whose pull stopped halfway does not prevent a second try", async () => {
    const archive = tarOf(soundLayout({ layers: [randomUUID().repeat(20_000)], compression: "none" }));
    expect(await pullHalf(engine, archive)).toBe(true);
    await expectWhole(await bring(opened(archive)), archive);
  });

  if (own.variant !== "podman") {
    test("the build cache: takes the image that the engine itself has built", async () => {
      const recipe = { layers: [{ seed: `build cache of ${own.variant}`, bytes: 300_000 }] };
      const file = await provideOciArchive(startedEngine("containerd"), recipe);
      await removeImage(engine, await buildInEngine(own, recipe), { force: true });
      await expectWhole(await bring(opened(await readFile(file))), await readFile(file));
    });
  }
});

function attested(layers: string[]): Buffer {
  const files: Files = {};
  const image = addImage(files, { layers });
  return tarOf(layout(files, [addIndex(files, [image, addAttestation(files, image)])]));
}

function named(layers: string[]): Buffer {
  const layerPath = (_tar: Buffer, _index: number, stored: Buffer): string => `${digestOf(stored).slice(7)}.tar.gz`;
  return tarOf(dockerArchive({ layers, compression: "gzip", layerPath }));
}
