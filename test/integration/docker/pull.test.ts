import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import {
  connect,
  type Engine,
  EngineError,
  inspectImage,
  parseEndpoint,
  pullImage,
  removeImage,
  tryImage,
} from "@release-actions/docker";
import { type Progress, silentReporter } from "@release-actions/report";
import { OWN_VARIANTS, startEngine } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { provideOciArchive } from "../../images/build-image.ts";
import { craftOciArchive } from "../../images/crafted-archive.ts";
import type { ImageRecipe } from "../../images/image-recipe.ts";
import { recipeOf } from "./archives.ts";
import { startRegistry } from "./registry.ts";

const reporter = silentReporter;

const LAYER_BYTES = 4_000_000;

describeWithEngines("pullImage", OWN_VARIANTS, (own) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });

  test("pulls by digest from the loopback, for one platform of two", async () => {
    const archive = await builtArchive(recipeOf("pull", { platforms: ["linux/amd64", "linux/arm64"] }));
    await using registry = await startRegistry(archive);
    const reference = `${registry.repository}@${registry.digest}`;
    const image = await pullImage(engine, reference, { reporter, platform: engine.platform });
    expect(image.repoDigests).toContain(reference);
    expect(image.platform).toMatchObject(engine.platform);
    expect(await tryImage(engine, reference, { platform: engine.platform })).toEqual({ kind: "usable" });
    expect(await removeImage(engine, reference)).toBe(true);
    expect(await inspectImage(engine, image.id)).toBeUndefined();
  });

  test("does not fetch again what the engine has", async () => {
    const archive = newArchive();
    await using first = await startRegistry(archive);
    const pulled = await pullImage(engine, `${first.repository}@${first.digest}`, { reporter });
    await using second = await startRegistry(archive);
    const again = await pullImage(engine, `${second.repository}@${second.digest}`, { reporter });
    expect(again.id).toBe(pulled.id);
    expect([...second.requests.keys()].filter((url) => url.includes("/blobs/"))).toEqual([]);
  });

  test("reports how much of all layers is there", async () => {
    await using registry = await startRegistry(newArchive(), {
      largeBlobs: { from: LAYER_BYTES, are: "slow" },
    });
    const steps: Progress[] = [];
    await pullImage(engine, `${registry.repository}@${registry.digest}`, {
      reporter: { ...reporter, progress: (step) => steps.push(step) },
    });
    expect(steps.length).toBeGreaterThan(0);
    for (const { done, total = 0 } of steps) expect(done).toBeLessThanOrEqual(total);
    const done = steps.map((step) => step.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  test("hands credentials on to the registry, and fails without them", async () => {
    const credentials = "robot:s3cret ü";
    await using registry = await startRegistry(newArchive(), { credentials });
    const reference = `${registry.repository}@${registry.digest}`;
    await expect(pullImage(engine, reference, { reporter })).rejects.toThrow(EngineError);
    const [username = "", password = ""] = credentials.split(":");
    const image = await pullImage(engine, reference, { reporter, credentials: { username, password } });
    expect(image.repoDigests).toContain(reference);
  });

  test("fails in the engine's words when the registry has no such image", async () => {
    await using registry = await startRegistry(newArchive());
    const absent = `${registry.repository}@sha256:${"0".repeat(64)}`;
    await expect(pullImage(engine, absent, { reporter })).rejects.toThrow(/not found|unknown/);
  });

  test("fails when a layer cannot be had, though the answer had begun well", async () => {
    await using registry = await startRegistry(newArchive(), {
      largeBlobs: { from: LAYER_BYTES, are: "missing" },
    });
    const pull = pullImage(engine, `${registry.repository}@${registry.digest}`, { reporter });
    await expect(pull).rejects.toMatchObject({ name: "EngineError", status: undefined });
  });

  test("stops at once when cancelled", async () => {
    await using registry = await startRegistry(newArchive(), {
      largeBlobs: { from: LAYER_BYTES, are: "stalled" },
    });
    const signal = AbortSignal.timeout(1000);
    const started = Date.now();
    const pull = pullImage(engine, `${registry.repository}@${registry.digest}`, { reporter, signal });
    await expect(pull).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

/** Only an engine with the containerd store builds OCI archives, whichever engine then pulls them. */
async function builtArchive(recipe: ImageRecipe): Promise<Buffer> {
  await using builder = await startEngine("containerd", reporter);
  return await readFile(await provideOciArchive(builder, recipe));
}

/** An image that no engine has seen before. */
function newArchive(): Buffer {
  return craftOciArchive(Buffer.concat([tarFile("noise", randomBytes(LAYER_BYTES)), TAR_END]), "localhost/new:1");
}
