import { randomBytes, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import { memorySource, TAR_END, tarFile } from "@release-actions/archive";
import { connect, type Engine, inspectImage, parseEndpoint, removeImage, tryImage } from "@release-actions/docker";
import { type BringInOptions, type BroughtIn, bringIn, tagUsable } from "@release-actions/image-transfer";
import { checkImageArchive } from "@release-actions/oci";
import { dockerArchive, tarOf } from "@release-actions/oci/testing";
import { silentReporter } from "@release-actions/report";
import { OWN_VARIANTS, type OwnEngine } from "../../../scripts/docker-engine.ts";
import { describeWithEngines, startedEngine } from "../../engines.ts";
import { provideOciArchive, provideSavedArchive } from "../../images/build-image.ts";
import { craftPlatformsArchive } from "../../images/crafted-archive.ts";
import { type ImageRecipe, RECIPES } from "../../images/image-recipe.ts";
import { countedContent, rangedContent, sequentialContent } from "./content.ts";
import { elsewhere, keepingImagesIn, startEngineFront } from "./engine-front.ts";

const { signal } = new AbortController();

describeWithEngines("bringIn", OWN_VARIANTS, (own) => {
  let engine: Engine;
  let tag: string;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });
  afterEach(async () => {
    await removeImage(engine, tag, { force: true });
    for (const content of opened.splice(0)) await content.close();
  });

  const opened: { close(): Promise<void> }[] = [];
  async function open(file: string): ReturnType<typeof rangedContent> {
    const content = await rangedContent(file);
    opened.push(content);
    return content;
  }

  function bring(
    content: BringInOptions["content"],
    options: Partial<BringInOptions> = {},
    into = engine,
  ): Promise<BroughtIn> {
    tag = `localhost/image-transfer/${randomUUID()}:1`;
    return bringIn(into, {
      ...{ content, platform: engine.platform, tags: [tag], via: "auto", expectedDigest: undefined },
      ...{ reporter: silentReporter, signal },
      ...options,
    });
  }

  async function expectUsable({ id }: BroughtIn): Promise<void> {
    expect(await inspectImage(engine, tag)).toMatchObject({ id });
    expect(await tryImage(engine, tag, { platform: engine.platform })).toEqual({ kind: "usable" });
    expect((await inspectImage(engine, tag))?.tags).toEqual([tag]);
  }

  const oci: [string, ImageRecipe][] = [
    ["gzip layers and an attestation (F74, B49)", RECIPES.tiny],
    ["no name (misleads 2)", RECIPES.unnamed],
    ["three names (misleads 2)", RECIPES.threeNames],
    ["uncompressed layers", RECIPES.uncompressed],
    ["two platforms", RECIPES.twoPlatforms],
    ["no attestation", RECIPES.noAttestations],
  ];

  test("moves one tag for many jobs at once (F80)", async () => {
    const other = await bring(await open(await ociArchive(RECIPES.uncompressed)));
    const otherTag = tag;
    const { id } = await bring(await open(await ociArchive(RECIPES.tiny)));
    for (let round = 0; round < 5; round += 1) {
      await tagUsable(engine, other.id, [tag], signal);
      // The first job to come deletes the image that had the tag.
      const moves = Array.from({ length: 10 }, () => tagUsable(engine, id, [tag], signal));
      expect(await Promise.allSettled(moves)).toEqual(moves.map(() => ({ status: "fulfilled", value: undefined })));
    }
    await removeImage(engine, otherTag, { force: true });
    expect(await inspectImage(engine, tag)).toMatchObject({ id });
  });

  test.each(oci)("pulls an OCI archive with %s", async (_title, recipe) => {
    const content = await open(await ociArchive(recipe));
    const brought = await bring(content);
    expect(brought.via).toBe("registry");
    await expectUsable(brought);
  });

  test.each(oci)("loads an OCI archive with %s (F72)", async (_title, recipe) => {
    const brought = await bring(sequentialContent(await ociArchive(recipe)));
    expect(brought.via).toBe("load");
    await expectUsable(brought);
  });

  test.each(["registry", "load"] as const)("brings in what `docker save` writes, by %s (B68)", async (via) => {
    const content = await open(
      await provideSavedArchive(own, { ...RECIPES.tiny, names: [`localhost/saved-${via}:1`] }),
    );
    const brought = await bring(content, { via });
    expect(brought.via).toBe(via);
    await expectUsable(brought);
  });

  test("lets the engine take only the wanted platform, and does not read the others (F71)", async () => {
    const layer = (): Buffer => Buffer.concat([tarFile("noise", randomBytes(4_000_000)), TAR_END]);
    const archive = craftPlatformsArchive({ "linux/amd64": layer(), "linux/arm64": layer() });
    const content = countedContent("two platforms", memorySource(archive));
    await bring(content);
    expect(content.fetched()).toBeLessThan(archive.length * 0.6);
  });

  test("reads almost nothing when the engine has the image, and tags it", async () => {
    const file = await ociArchive({ ...RECIPES.tiny, layers: [{ seed: "large", bytes: 4_000_000 }] });
    const first = await open(file);
    const before = await bring(first);
    const firstTag = tag;
    const second = await open(file);
    const again = await bring(second);
    expect(again).toMatchObject({ id: before.id, via: undefined });
    // It reads headers and documents in windows of 32 KiB. Their number depends on the order of the digests.
    expect(second.fetched()).toBeLessThan(8 * 32 * 1024);
    expect(first.fetched()).toBeGreaterThan(1024 * 1024);
    expect((await inspectImage(engine, tag))?.id).toBe(before.id);
    await removeImage(engine, firstTag);
  });

  test("refuses an image that is not the expected one, before anything is loaded (F83, F129)", async () => {
    const file = await ociArchive(RECIPES.tiny);
    const expectedDigest = `sha256:${"0".repeat(64)}`;
    for (const content of [await open(file), sequentialContent(file)]) {
      await expect(bring(content, { expectedDigest })).rejects.toThrow(/expected sha256:0000/);
      expect(await inspectImage(engine, tag)).toBeUndefined();
    }
  });

  test("names the platforms of the image when the engine's is not among them (F78, B47)", async () => {
    const file = await ociArchive(RECIPES.foreign);
    for (const content of [await open(file), sequentialContent(file)]) {
      await expect(bring(content)).rejects.toThrow(/no image for linux\/amd64; the archive has linux\/s390x/);
    }
  });

  test("loads by streaming into an engine that cannot reach this machine, unless the registry is requested", async () => {
    await using front = await startEngineFront(own, elsewhere);
    const remote = await connect(parseEndpoint(front.host, "test"));
    const said: string[] = [];
    const reporter = { ...silentReporter, info: (message: string) => said.push(message) };
    const file = await ociArchive({
      ...RECIPES.tiny,
      layers: [{ seed: `elsewhere on ${own.variant}`, bytes: 40_000 }],
    });
    await expect(bring(await open(file), { via: "registry" }, remote)).rejects.toThrow(
      "cannot be served to the engine: the engine cannot pull from this machine's loopback address",
    );
    const brought = await bring(await open(file), { reporter }, remote);
    expect(brought.via).toBe("load");
    expect(said).toEqual([
      expect.stringMatching(/streaming .* into the engine's load endpoint, because the engine cannot pull from/),
    ]);
    await expectUsable(brought);
  });

  test("says why the registry cannot be used for content without range requests", async () => {
    const content = sequentialContent(await ociArchive(RECIPES.tiny));
    await expect(bring(content, { via: "registry" })).rejects.toThrow(
      "cannot be served to the engine: the server does not support range requests",
    );
  });

  test("streams a docker archive whose compressed layers have no known digests, and says why", async () => {
    const archive = tarOf(dockerArchive({ compression: "gzip", layers: [randomUUID()] }));
    const content = countedContent("compressed layers", memorySource(archive));
    const why = "the digests of its compressed layers are known only after reading them";
    await expect(bring(content, { via: "registry" })).rejects.toThrow(why);
    const said: string[] = [];
    const brought = await bring(content, { reporter: { ...silentReporter, info: (message) => said.push(message) } });
    expect(said).toEqual([`streaming compressed layers into the engine's load endpoint, because ${why}`]);
    await expectUsable(brought);
  });

  test("does not start to load an image that would not fit on the engine's disk (F62, F77)", async () => {
    // The file system /proc has no free space.
    await using front = await startEngineFront(own, keepingImagesIn("/proc"));
    const full = await connect(parseEndpoint(front.host, "test"));
    const content = await open(
      await ociArchive({ ...RECIPES.tiny, layers: [{ seed: `too large for ${own.variant}`, bytes: 4_000_000 }] }),
    );
    await expect(bring(content, {}, full)).rejects.toThrow(/the engine's disk has 0 B free; the layers alone are/);
    expect(content.fetched()).toBeLessThan(200_000);
  });

  test("accepts the expected image by any of its digests, also by those that other stores use for it", async () => {
    const file = await ociArchive(RECIPES.tiny);
    const { archive } = await checkImageArchive(createReadStream(file));
    for (const expectedDigest of [archive.digest, archive.images[0]?.config.digest]) {
      for (const content of [await open(file), sequentialContent(file)]) {
        expect(await bring(content, { expectedDigest })).toMatchObject({ digest: archive.digest });
        await removeImage(engine, tag, { force: true });
      }
    }
  });

  test("leaves no image and no tag when a layer is damaged (F64, B37)", async () => {
    const file = await ociArchive({ ...RECIPES.tiny, layers: [{ seed: `damaged on ${own.variant}`, bytes: 400_000 }] });
    const damaged = sequentialContent(file, flipByteAt(Math.floor((await stat(file)).size / 2)));
    await expect(bring(damaged)).rejects.toThrow(/has the digest|unexpected/);
    expect(await inspectImage(engine, tag)).toBeUndefined();
  });

  if (own.variant === "20.10") {
    test.each(["auto", "load"] as const)("gets zstd layers decompressed, and the log says so (%s)", async (via) => {
      const content = await open(await ociArchive(RECIPES.zstd));
      const said: string[] = [];
      const brought = await bring(content, { via, reporter: { ...silentReporter, info: (text) => said.push(text) } });
      expect(brought.via).toBe("load");
      expect(said).toEqual([
        `Docker ${engine.version} cannot unpack zstd layers, so they were decompressed on the way`,
      ]);
      await expectUsable(brought);
    });

    test("when only a pull is allowed, says that it cannot unpack zstd, before it reads layers", async () => {
      const content = await open(await ociArchive(RECIPES.zstd));
      await expect(bring(content, { via: "registry" })).rejects.toThrow(/Docker 20.10.* cannot unpack zstd layers/);
      expect(content.fetched()).toBeLessThan(400_000);
    });
  } else {
    test.each(["registry", "load"] as const)("brings in zstd layers, by %s", async (via) => {
      const content = await open(await ociArchive(RECIPES.zstd));
      const brought = await bring(content, { via });
      expect(brought.via).toBe(via);
      await expectUsable(brought);
    });
  }
});

/** The engine with the containerd store makes the OCI archives for all engines. */
async function ociArchive(recipe: ImageRecipe): Promise<string> {
  const builder: OwnEngine = startedEngine("containerd");
  return await provideOciArchive(builder, recipe);
}

function flipByteAt(position: number) {
  return async function* (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let at = 0;
    for await (const chunk of bytes) {
      const inside = position - at;
      if (inside >= 0 && inside < chunk.length) chunk[inside] = (chunk[inside] ?? 0) ^ 1;
      at += chunk.length;
      yield chunk;
    }
  };
}
