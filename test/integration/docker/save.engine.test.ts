import { beforeAll, expect, test } from "@jest/globals";
import {
  connect,
  type Engine,
  EngineError,
  freeDisk,
  layersSize,
  loadImage,
  parseEndpoint,
  removeImage,
  saveImages,
} from "@release-actions/docker";
import { silentReporter } from "@release-actions/report";
import { DOCKER_VARIANTS, type OwnVariant } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { provideSavedArchive } from "../../images/build-image.ts";
import { bytesOf, nameOf, opening, recipeOf } from "./archives.ts";

const reporter = silentReporter;

describeWithEngines("an engine", DOCKER_VARIANTS, (own) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });

  test("reports its version, its platform and its store", () => {
    const expected: Partial<Record<OwnVariant, object>> = {
      containerd: { containerdStore: true, storageDriver: "overlayfs" },
      overlay2: { containerdStore: false, storageDriver: "overlay2" },
      "20.10": { containerdStore: false, storageDriver: "overlay2", apiVersion: "1.41" },
    };
    expect(engine).toMatchObject({ ...expected[own.variant], product: "docker", version: own.version });
    expect(engine.platform).toEqual({ os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch });
  });

  test("reports how much disk space is free, and how much its layers use", async () => {
    expect(await freeDisk(engine)).toBeGreaterThan(1_000_000);
    await loadImage(engine, opening(await provideSavedArchive(own, recipeOf("layers"))), { reporter });
    expect(await layersSize(engine)).toBeGreaterThan(50_000);
  });

  test("saves an image that loads again under its name", async () => {
    const recipe = recipeOf("save");
    const [original] = await loadImage(engine, opening(await provideSavedArchive(own, recipe)), { reporter });
    const saved: Uint8Array[] = [];
    for await (const chunk of await saveImages(engine, [nameOf(recipe)])) saved.push(chunk);
    await removeImage(engine, nameOf(recipe));
    expect(await loadImage(engine, () => bytesOf(...saved), { reporter })).toEqual([original]);
  });

  test("refuses to save an image that does not exist", async () => {
    const saving = saveImages(engine, ["localhost/docker-package/nowhere:1"]);
    await expect(saving).rejects.toThrow(EngineError);
    await expect(saving).rejects.toMatchObject({ status: 404 });
  });
});
