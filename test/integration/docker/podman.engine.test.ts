import { beforeAll, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import {
  connect,
  type Engine,
  EngineError,
  freeDisk,
  inspectImage,
  loadImage,
  parseEndpoint,
  removeImage,
  saveImages,
  tagImage,
  tryImage,
} from "@release-actions/docker";
import { silentReporter } from "@release-actions/report";
import { startEngine } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { provideSavedArchive } from "../../images/build-image.ts";
import { craftOciArchive } from "../../images/crafted-archive.ts";
import { builtArchive, bytesOf, LAYER_BYTES, nameOf, newArchive, opening, recipeOf } from "./archives.ts";

const reporter = silentReporter;

describeWithEngines("podman", ["podman"], (own) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });

  test("is recognized as Podman", async () => {
    expect(engine).toMatchObject({
      product: "podman",
      version: own.version,
      storageDriver: "overlay",
      containerdStore: false,
    });
    expect(await freeDisk(engine)).toBeGreaterThan(1_000_000);
  });

  test("loads an OCI archive for two platforms", async () => {
    const recipe = recipeOf("podman-oci", { platforms: ["linux/amd64", "linux/arm64"] });
    const archive = await builtArchive(recipe);
    const loaded = await loadImage(engine, () => bytesOf(archive), { reporter, platform: engine.platform });
    expect(loaded.map(({ name }) => name)).toEqual([nameOf(recipe)]);
    expect(await inspectImage(engine, loaded[0]?.id ?? "", { platform: engine.platform })).toMatchObject({
      id: loaded[0]?.id,
    });
    expect(await tryImage(engine, nameOf(recipe), { platform: engine.platform })).toEqual({ kind: "usable" });
  });

  test("says all the names of a docker archive, and refuses an OCI archive that has several", async () => {
    const names = ["a", "b"].map((letter) => `localhost/docker-package/podman-${letter}:1`);
    const recipe = recipeOf("podman-names", { names });
    await using builder = await startEngine("containerd", reporter);
    const loaded = await loadImage(engine, opening(await provideSavedArchive(builder, recipe)), { reporter });
    expect(loaded.map(({ name }) => name).sort()).toEqual(names);
    const ociArchive = await builtArchive(recipe);
    await expect(loadImage(engine, () => bytesOf(ociArchive), { reporter })).rejects.toThrow(
      /more than one image in oci/,
    );
  });

  test("saves an image that loads again, under its ID when it has no name (F67)", async () => {
    const recipe = recipeOf("podman-save");
    const archive = await builtArchive(recipe);
    const [original] = await loadImage(engine, () => bytesOf(archive), { reporter });
    const saved: Uint8Array[] = [];
    for await (const chunk of await saveImages(engine, [original?.id ?? ""])) saved.push(chunk);
    expect(await removeImage(engine, nameOf(recipe))).toBe(true);
    expect(await removeImage(engine, nameOf(recipe))).toBe(false);
    const [again] = await loadImage(engine, () => bytesOf(...saved), { reporter });
    expect(again).toEqual({ id: original?.id, name: undefined });
    await tagImage(engine, again?.id ?? "", "localhost/docker-package/podman-tagged:2");
    expect((await inspectImage(engine, "localhost/docker-package/podman-tagged:2"))?.id).toBe(original?.id);
  });

  test.each<[what: string, archive: Uint8Array]>([
    ["without an image (F69)", Buffer.concat([tarFile("manifest.json", "[]"), TAR_END])],
    ["that is truncated (F63)", newArchive().subarray(0, LAYER_BYTES / 2)],
    ["with a layer that cannot be unpacked (F70)", craftOciArchive(Buffer.from("no tar"), "localhost/no-tar:1")],
  ])("fails on an archive %s", async (_what, archive) => {
    await expect(loadImage(engine, () => bytesOf(archive), { reporter })).rejects.toThrow(EngineError);
  });
});
