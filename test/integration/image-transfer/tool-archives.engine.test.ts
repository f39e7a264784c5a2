import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
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
import { bringIn } from "@release-actions/image-transfer";
import { indexImageArchive } from "@release-actions/oci";
import { soundLayout, tarOf } from "@release-actions/oci/testing";
import { silentReporter } from "@release-actions/report";
import { OWN_VARIANTS, type OwnVariant } from "../../../scripts/docker-engine.ts";
import { describeWithEngines, startedEngine } from "../../engines.ts";
import { toolArchives } from "../../images/tool-archives.ts";
import { countedContent, streamedContent } from "./content.ts";
import { HELD_IMAGES, type Layers, layersOf, madeFrom, pullHalf } from "./held-states.ts";

/** Whether to try every archive in every state of the engine, by registry and by load (1190 loads, half an hour). */
const ALL = process.env["ALL_ARCHIVES"] === "1";

/** Programs that write archives without an engine. */
const BY_TOOLS = [
  ...["skopeo docker-archive", "skopeo oci-archive", "skopeo oci-archive of zstd"],
  "skopeo oci-archive of zstd chunked",
  ...["podman docker-archive", "podman oci-archive", "podman oci-archive uncompressed"],
  ...["buildah docker-archive", "buildah oci-archive", "umoci", "crane tarball", "crane legacy", "crane oci"],
];
/** Engines whose `save` writes archives. */
const BY_ENGINES: Readonly<Record<string, OwnVariant>> = {
  "docker 20.10 save": "20.10",
  "docker 28 save": "28",
  "docker 29 save, containerd": "containerd",
  "docker 29 save, overlay2": "overlay2",
  "podman's socket, save": "podman",
};
const KINDS = [...BY_TOOLS, ...Object.keys(BY_ENGINES)];

describeWithEngines("bringIn, of archives that other people's tools wrote", OWN_VARIANTS, (own) => {
  let engine: Engine;
  let archives: ReadonlyMap<string, Buffer>;
  let tags: { readonly engine: Engine; readonly tag: string }[] = [];
  beforeAll(async () => {
    engine = await engineOf(own.variant);
    archives = await toolArchives(silentReporter);
  }, 600_000);
  afterEach(removeAll);

  async function removeAll(): Promise<void> {
    const all = tags;
    tags = [];
    for (const { engine: there, tag } of all) await removeImage(there, tag, { force: true });
  }

  async function bring(archive: Buffer, { into = engine, streamed = false } = {}): Promise<string> {
    const tag = `localhost/tool-archives/${randomUUID()}:1`;
    tags.push({ engine: into, tag });
    const content = streamed ? streamedContent("archive", archive) : countedContent("archive", memorySource(archive));
    await bringIn(into, {
      ...{ content, platform: into.platform, tags: [tag], via: "auto", expectedDigest: undefined },
      ...{ reporter: silentReporter, signal: new AbortController().signal },
    });
    return tag;
  }

  /** The archive that a tool writes, or that an engine saves after it has loaded new layers. */
  async function archiveOf(kind: string): Promise<Buffer> {
    const variant = BY_ENGINES[kind];
    if (variant === undefined) return archives.get(kind) ?? missing(kind);
    const into = await engineOf(variant);
    const tag = await bring(tarOf(soundLayout({ layers: [randomUUID(), randomUUID()] })), { into });
    const saved = await buffer(await saveImages(into, [tag]));
    await removeAll();
    return saved;
  }

  const held: Readonly<Record<string, (layers: Layers, archive: Buffer) => Promise<unknown>>> = {
    "nothing held": async () => undefined,
    ...Object.fromEntries(
      Object.entries(HELD_IMAGES).map(([what, imageOf]) => [
        `${what} held`,
        (layers: Layers) => bring(imageOf(layers)),
      ]),
    ),
    // An engine that still has the layers unpacked does not pull them: held-layers.engine.test.ts makes sure that one does.
    "a layer whose pull stopped halfway": async (layers, archive) => {
      const isOci = (await indexed(archive)).kind === "oci-layout";
      await pullHalf(engine, isOci ? archive : tarOf(soundLayout({ layers, compression: "none" })));
    },
    "the layers unpacked and the image removed": async (layers, archive) => {
      await bring(madeFrom(layers));
      const tag = await bring(archive);
      await removeImage(engine, tag, { force: true });
    },
  };

  test("there is an archive of each kind", () => {
    expect([...archives.keys()].sort()).toEqual([...BY_TOOLS].sort());
  });

  const states = Object.keys(held);
  const cases = states.flatMap((state, column) =>
    KINDS.map((kind, row) => ({ kind, state, isInSample: (row + column) % states.length === 0 })),
  );
  // The containerd store, which keeps unpacked layers apart from fetched ones, gets every kind, other stores every third.
  const sample = cases.filter((it) => it.isInSample).filter((_, row) => own.variant === "containerd" || row % 3 === 0);
  test.each(ALL ? cases : sample)("with $state: $kind", async ({ kind, state }) => {
    const archive = await archiveOf(kind);
    for (const streamed of ALL ? [false, true] : [kind.length % 2 === 0]) {
      await held[state]?.(await layersOf(archive), archive);
      await expectWhole(await bring(archive, { streamed }), archive);
      await removeAll();
    }
  });

  async function expectWhole(tag: string, archive: Buffer): Promise<void> {
    const [image] = (await indexed(archive)).images;
    const found = await inspectImage(engine, tag, { platform: engine.platform });
    expect(found).toMatchObject({ diffIds: image?.layers.map(({ diffId }) => diffId) });
    expect(await tryImage(engine, tag, { platform: engine.platform })).toEqual({ kind: "usable" });
  }
});

async function engineOf(variant: OwnVariant): Promise<Engine> {
  return await connect(parseEndpoint(startedEngine(variant).host, "test"));
}

async function indexed(archive: Buffer): Promise<Awaited<ReturnType<typeof indexImageArchive>>["archive"]> {
  return (await indexImageArchive(new WindowedSource(memorySource(archive)))).archive;
}

function missing(kind: string): never {
  throw new Error(`there is no archive ${kind}`);
}
