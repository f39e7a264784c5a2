import { beforeAll, expect, test } from "@jest/globals";
import {
  connect,
  type Engine,
  EngineError,
  inspectImage,
  parseEndpoint,
  pullImage,
  removeImage,
  tagImage,
  tryImage,
} from "@release-actions/docker";
import { type Progress, silentReporter } from "@release-actions/report";
import { OWN_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { builtArchive, LAYER_BYTES, newArchive, recipeOf } from "./archives.ts";
import { startRegistry } from "./registry.ts";

const reporter = silentReporter;

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

  test("keeps a tag when the name it was pulled by is removed, and nothing else remains", async () => {
    await using registry = await startRegistry(newArchive());
    const reference = `${registry.repository}@${registry.digest}`;
    const pulled = await pullImage(engine, reference, { reporter });
    const tag = "localhost/docker-package/pulled:1";
    await tagImage(engine, pulled.id, tag);
    expect(await removeImage(engine, reference)).toBe(true);
    expect(await inspectImage(engine, tag)).toMatchObject({ id: pulled.id, tags: [tag] });
    expect(await inspectImage(engine, reference)).toBeUndefined();
    expect(await tryImage(engine, tag)).toEqual({ kind: "usable" });
  });

  test("does not fetch again what the engine has", async () => {
    const archive = newArchive();
    await using first = await startRegistry(archive);
    const pulled = await pullImage(engine, `${first.repository}@${first.digest}`, { reporter });
    await using second = await startRegistry(archive);
    const again = await pullImage(engine, `${second.repository}@${second.digest}`, { reporter });
    expect(again.id).toBe(pulled.id);
    // Podman fetches the config again, which is small, but no layer.
    const blobs = [...second.requests.keys()].filter((url) => url.includes("/blobs/"));
    expect(blobs).toHaveLength(own.variant === "podman" ? 1 : 0);
  });

  test("reports how many bytes of all layers have arrived", async () => {
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

  test("passes credentials to the registry, and fails without them", async () => {
    const credentials = "robot:s3cret ü";
    await using registry = await startRegistry(newArchive(), { credentials });
    const reference = `${registry.repository}@${registry.digest}`;
    await expect(pullImage(engine, reference, { reporter })).rejects.toThrow(EngineError);
    const [username = "", password = ""] = credentials.split(":");
    const image = await pullImage(engine, reference, { reporter, credentials: { username, password } });
    expect(image.repoDigests).toContain(reference);
  });

  test("fails with the engine's message when the registry does not have the image", async () => {
    await using registry = await startRegistry(newArchive());
    const absent = `${registry.repository}@sha256:${"0".repeat(64)}`;
    await expect(pullImage(engine, absent, { reporter })).rejects.toThrow(/not found|unknown/);
  });

  test("fails when a layer is not available, even after the answer began with success", async () => {
    await using registry = await startRegistry(newArchive(), {
      largeBlobs: { from: LAYER_BYTES, are: "missing" },
    });
    const pull = pullImage(engine, `${registry.repository}@${registry.digest}`, { reporter });
    await expect(pull).rejects.toMatchObject({
      name: "EngineError",
      status: own.variant === "podman" ? 404 : undefined,
    });
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
