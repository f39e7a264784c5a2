import { stat } from "node:fs/promises";
import { beforeAll, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import {
  connect,
  type Engine,
  EngineError,
  inspectImage,
  loadImage,
  parseEndpoint,
  removeImage,
  tagImage,
  tryImage,
} from "@release-actions/docker";
import { silentReporter } from "@release-actions/report";
import { DOCKER_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { provideSavedArchive } from "../../images/build-image.ts";
import { craftOciArchive } from "../../images/crafted-archive.ts";
import { bytesOf, firstBytes, nameOf, opening, recipeOf } from "./archives.ts";

const reporter = silentReporter;

describeWithEngines("loadImage", DOCKER_VARIANTS, (own) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });

  test("says what was loaded, and a container can be created from it", async () => {
    const recipe = recipeOf("load");
    const archive = await provideSavedArchive(own, recipe);
    const loaded = await loadImage(engine, opening(archive), { reporter });
    expect(loaded).toEqual([{ name: nameOf(recipe), id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }]);
    const image = await inspectImage(engine, loaded[0]?.id ?? "", { platform: engine.platform });
    expect(image).toMatchObject({
      id: loaded[0]?.id,
      tags: [nameOf(recipe)],
      platform: { os: "linux", architecture: "amd64" },
    });
    expect(image?.diffIds).toHaveLength(2);
    expect(image?.unpacked).toBe(own.variant === "containerd"); // Other engines do not report it.
    expect(await tryImage(engine, nameOf(recipe), { platform: engine.platform })).toEqual({ kind: "usable" });
  });

  test("says the ID of an image without a name (F67, misleads 2)", async () => {
    const archive = await provideSavedArchive(own, recipeOf("load-unnamed", { names: [] }));
    const loaded = await loadImage(engine, opening(archive), { reporter });
    expect(loaded).toEqual([{ name: undefined, id: expect.stringMatching(/^sha256:/) }]);
    expect(await inspectImage(engine, loaded[0]?.id ?? "")).toMatchObject({ tags: [] });
  });

  test("says all the names of an image that has several (misleads 2)", async () => {
    const names = ["a", "b", "c"].map((letter) => `localhost/docker-package/load-${letter}:1`);
    const archive = await provideSavedArchive(own, recipeOf("load-names", { names }));
    const loaded = await loadImage(engine, opening(archive), { reporter });
    expect(loaded.map(({ name }) => name).sort()).toEqual(names);
    expect(new Set(loaded.map(({ id }) => id)).size).toBe(1);
  });

  test("is not misled by what the engine says about a name that another image had (F68)", async () => {
    const [before, after] = [
      recipeOf("load-taken"),
      recipeOf("load-taken", { layers: [{ seed: "another", bytes: 1000 }] }),
    ];
    const [old] = await loadImage(engine, opening(await provideSavedArchive(own, before)), { reporter });
    const loaded = await loadImage(engine, opening(await provideSavedArchive(own, after)), { reporter });
    expect(loaded).toHaveLength(1);
    expect(loaded[0]).toMatchObject({ name: nameOf(after) });
    expect(loaded[0]?.id).not.toBe(old?.id);
  });

  test("fails when the archive does not contain an image (F69, misleads 1)", async () => {
    const archive = Buffer.concat([tarFile("manifest.json", "[]"), TAR_END]);
    await expect(loadImage(engine, () => bytesOf(archive), { reporter })).rejects.toThrow(EngineError);
  });

  test("fails on a truncated archive, and leaves no image behind (F63)", async () => {
    const recipe = recipeOf("load-cut");
    const archive = await provideSavedArchive(own, recipe);
    const { size } = await stat(archive);
    const cut = loadImage(engine, () => firstBytes(archive, Math.floor(size / 2)), { reporter });
    await expect(cut).rejects.toThrow(EngineError);
    expect(await inspectImage(engine, nameOf(recipe))).toBeUndefined();
  });

  test("throws the error of the archive's reader, and does not leave a partial image (F64)", async () => {
    const recipe = recipeOf("load-broken-off");
    const archive = await provideSavedArchive(own, recipe);
    const { size } = await stat(archive);
    const load = loadImage(
      engine,
      async function* () {
        yield* firstBytes(archive, size - 20_480);
        throw new RangeError("the digest of the last layer is wrong");
      },
      { reporter },
    );
    await expect(load).rejects.toThrow(new RangeError("the digest of the last layer is wrong"));
    expect(await inspectImage(engine, nameOf(recipe))).toBeUndefined();
  });

  test("stops when cancelled", async () => {
    const archive = await provideSavedArchive(own, recipeOf("load-cancelled"));
    const controller = new AbortController();
    const load = loadImage(
      engine,
      async function* () {
        yield* firstBytes(archive, 10_000);
        controller.abort(new Error("cancelled"));
        await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      },
      { reporter, signal: controller.signal },
    );
    await expect(load).rejects.toThrow("cancelled");
  });

  test("moves a tag to another image, and removes it", async () => {
    const recipe = recipeOf("load-tagged");
    const [loaded] = await loadImage(engine, opening(await provideSavedArchive(own, recipe)), { reporter });
    const tag = "localhost/docker-package/moved:here";
    await tagImage(engine, loaded?.id ?? "", tag);
    expect((await inspectImage(engine, tag))?.id).toBe(loaded?.id);
    expect(await removeImage(engine, tag)).toBe(true);
    expect(await removeImage(engine, tag)).toBe(false);
    expect((await inspectImage(engine, nameOf(recipe)))?.id).toBe(loaded?.id);
  });

  test("does not find an image made for another platform when asked for the engine's own (F78)", async () => {
    const recipe = recipeOf("load-foreign", { platforms: ["linux/s390x"] });
    const [loaded] = await loadImage(engine, opening(await provideSavedArchive(own, recipe)), { reporter });
    expect(loaded?.name).toBe(nameOf(recipe));
    expect(await inspectImage(engine, nameOf(recipe), { platform: engine.platform })).toBeUndefined();
    const foreign = { platform: { architecture: "s390x" }, unpacked: false };
    expect(await inspectImage(engine, nameOf(recipe))).toMatchObject(foreign);
  });
});

describeWithEngines("loadImage of an OCI archive", ["overlay2", "20.10"], (own) => {
  test("fails with the engine's message, since only the containerd store can load it (F72)", async () => {
    const engine = await connect(parseEndpoint(own.host, "test"));
    const archive = craftOciArchive(TAR_END, "localhost/docker-package/oci:1");
    await expect(loadImage(engine, () => bytesOf(archive), { reporter })).rejects.toThrow(
      /blobs\/json|does not contain a manifest\.json/,
    );
  });
});

describeWithEngines("tryImage", ["containerd"], (own) => {
  test("finds out that an image was listed but never unpacked (F70)", async () => {
    const engine = await connect(parseEndpoint(own.host, "test"));
    const name = "localhost/docker-package/not-unpacked:1";
    const archive = craftOciArchive(Buffer.from("this is not a tar, though its digest is right"), name);
    const loaded = await loadImage(engine, () => bytesOf(archive), { reporter });
    expect(loaded.map((image) => image.name)).toEqual([name]);
    expect(await inspectImage(engine, name, { platform: engine.platform })).toMatchObject({ unpacked: false });
    const trial = await tryImage(engine, name);
    expect(trial).toMatchObject({ kind: "unusable", reason: expect.stringMatching(/extract|tar/) });
  });
});
