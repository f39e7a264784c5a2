import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Progress, type Reporter, silentReporter } from "@release-actions/report";
import { connect, type Engine } from "./engine.ts";
import { EngineConnectionLost, EngineError } from "./fault.ts";
import { inspectImage, removeImage, tagImage } from "./images.ts";
import { loadImage } from "./load.ts";
import { pullImage } from "./pull.ts";
import { type Reply, reply, type ScriptedEngine, startScriptedEngine, stream } from "./testing/scripted-engine.ts";
import { tryImage } from "./try-image.ts";

const reporter = silentReporter;
const ID = `sha256:${"a1".repeat(32)}`;
const IMAGE = { Id: ID, RepoTags: ["localhost/app:1"], RepoDigests: null, Os: "linux", Architecture: "amd64", Size: 5 };
const LOADED = stream('{"stream":"Loaded image: localhost/app:1\\n"}\n');

let scripted: ScriptedEngine;
let engine: Engine;
async function start(script: Parameters<typeof startScriptedEngine>[0]): Promise<void> {
  scripted = await startScriptedEngine({ "GET /images/localhost/app:1/json": reply(200, IMAGE), ...script });
  engine = await connect(scripted.endpoint);
}
afterEach(async () => await scripted[Symbol.asyncDispose]());

async function* archive(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(100_000);
}

describe("loadImage", () => {
  const load = (options: Partial<Parameters<typeof loadImage>[2]> = {}) =>
    loadImage(engine, archive, { reporter, ...options });

  test.each<[what: string, words: string]>([
    ["colours", "\\u001b[32mLoaded image:\\u001b[0m localhost/app:1\\n"],
    ["another language", "Image chargée : localhost/app:1\\n"],
    [
      "a name that was already in use (F68)",
      `The image localhost/app:1 already exists, renaming the old one with ID ${ID} to empty string\\nLoaded image: localhost/app:1\\n`,
    ],
  ])("is not misled by %s (F81)", async (_what, words) => {
    await start({ "POST /images/load": stream(`{"stream":"${words}"}`) });
    expect(await load()).toEqual([{ id: ID, name: "localhost/app:1" }]);
  });

  test("only counts an image as loaded when the engine has it (F70)", async () => {
    await start({ "POST /images/load": stream('{"stream":"Loaded image: localhost/gone:1\\n"}') });
    await expect(load()).rejects.toThrow("loading the image: the engine says: Loaded image: localhost/gone:1");
  });

  test("fails when the engine's answer is empty (F69, misleads 1)", async () => {
    await start({ "POST /images/load": stream("") });
    await expect(load()).rejects.toThrow("no image was loaded");
  });

  test("throws an error from inside the stream, although the status was 200 (misleads 1)", async () => {
    await start({
      "POST /images/load": stream(
        '{"status":"Loading layer"}\n',
        '{"errorDetail":{"message":"no space left on device"}}',
      ),
    });
    await expect(load()).rejects.toMatchObject({ said: "no space left on device", status: undefined });
  });

  test("does not retry a request that the engine refused", async () => {
    await start({ "POST /images/load": reply(500, { message: "invalid tar header" }) });
    await expect(load()).rejects.toMatchObject({ said: "invalid tar header", status: 500 });
    expect(scripted.requests.filter((request) => request.startsWith("POST /images/load"))).toHaveLength(1);
  });

  test("starts over when the engine restarts during the load and answers again (F76)", async () => {
    const said: string[] = [];
    const restarted: Reply = async (response) => {
      response.writeHead(200).write('{"status":"Loading layer"}\n');
      await scripted.restart(700);
    };
    await start({ "POST /images/load": [restarted, LOADED] });
    const telling: Reporter = { ...reporter, info: (message) => said.push(message) };
    expect(await load({ reporter: telling })).toEqual([{ id: ID, name: "localhost/app:1" }]);
    expect(said).toEqual([expect.stringMatching(/^the connection to the engine at .* failed: .*trying once more$/)]);
  });

  test("gives up when the connection breaks a second time (F76)", async () => {
    await start({ "POST /images/load": (response) => void response.destroy() });
    await expect(load()).rejects.toThrow(EngineConnectionLost);
    expect(scripted.requests.filter((request) => request.startsWith("POST /images/load"))).toHaveLength(2);
  });

  test("reports the sum of the layers, and never decreases when a layer is counted again", async () => {
    const steps = [
      ["a", 5, 10],
      ["b", 10, 20],
      ["a", 10, 10],
      ["a", 2, 10],
      ["b", 20, 20],
    ].map(([id, current, total]) => `${JSON.stringify({ id, progressDetail: { current, total } })}\n`);
    await start({
      "POST /images/load": stream(...steps, '{"id":"a","progressDetail":{}}\n', '{"stream":"x localhost/app:1"}'),
    });
    const seen: Progress[] = [];
    await load({ reporter: { ...reporter, progress: (step) => seen.push(step) } });
    expect(seen.map(({ done, total }) => [done, total])).toEqual([
      [5, 10],
      [15, 30],
      [20, 30],
      [20, 30],
      [30, 30],
    ]);
  });

  test.each<[api: string, asked: string]>([
    ["1.47", "POST /images/load?quiet=0"],
    ["1.48", 'POST /images/load?quiet=0&platform={"os":"linux","architecture":"amd64"}'],
  ])("sends the platform to an engine of API %s only if it supports this", async (api, asked) => {
    await start({ "GET /_ping": reply(200, "OK", { "api-version": api }), "POST /images/load": LOADED });
    await load({ platform: { os: "linux", architecture: "amd64" } });
    expect(scripted.requests).toContain(asked);
  });
});

describe("pullImage", () => {
  test("fails when the engine reports no error but does not have the image", async () => {
    await start({ "POST /images/create": stream('{"status":"Pull complete"}\n') });
    await expect(pullImage(engine, "localhost/other:1", { reporter })).rejects.toThrow(
      "no error, but the image is missing",
    );
  });

  test("sends a digest as the tag, and the platform", async () => {
    await start({ "POST /images/create": stream('{"status":"ok"}\n') });
    const digest = `sha256:${"0".repeat(64)}`;
    const platform = { os: "linux", architecture: "arm", variant: "v7" };
    await expect(pullImage(engine, `127.0.0.1:5000/x@${digest}`, { reporter, platform })).rejects.toThrow(EngineError);
    expect(scripted.requests).toContain(
      `POST /images/create?fromImage=127.0.0.1:5000/x&tag=${digest}&platform=linux/arm/v7`,
    );
  });

  test("lets podman pull over plain HTTP only from the loopback address", async () => {
    await start({
      "GET /version": reply(200, {
        Version: "5.0",
        Os: "linux",
        Arch: "amd64",
        Components: [{ Name: "Podman Engine" }],
      }),
      "POST /libpod/images/pull": stream('{"error":"no such image"}\n'),
    });
    const digest = `sha256:${"0".repeat(64)}`;
    for (const name of [`127.0.0.1:5000/x@${digest}`, "ghcr.io/a/b:1"]) {
      await expect(pullImage(engine, name, { reporter })).rejects.toMatchObject({ said: "no such image" });
    }
    expect(scripted.requests.filter((request) => request.startsWith("POST"))).toEqual([
      `POST /libpod/images/pull?reference=127.0.0.1:5000/x@${digest}&policy=always&compatMode=true&tlsVerify=false`,
      "POST /libpod/images/pull?reference=ghcr.io/a/b:1&policy=always&compatMode=true",
    ]);
  });

  test("completes a short name, so that podman and Docker pull the same image", async () => {
    await start({ "POST /images/create": reply(404, { message: "manifest unknown" }) });
    await expect(pullImage(engine, "alpine", { reporter })).rejects.toMatchObject({
      status: 404,
      said: "manifest unknown",
    });
    expect(scripted.requests).toContain("POST /images/create?fromImage=docker.io/library/alpine&tag=latest");
  });

  test.each(["-v", "UPPER", "a b", "x\n::error::"])("refuses %j before it sends a request (F143)", async (name) => {
    await start({});
    const asked = scripted.requests.length;
    expect(() => pullImage(engine, name, { reporter })).toThrow(/is not an image reference/);
    expect(scripted.requests).toHaveLength(asked);
  });
});

describe("images", () => {
  beforeEach(() =>
    start({
      "GET /images/broken:1/json": reply(200, { Id: 7 }),
      "GET /images/html:1/json": reply(502, "<html>bad gateway</html>"),
      "DELETE /images/localhost/used:1": reply(409, { message: "container 3f is using it" }),
      [`POST /images/${ID}/tag`]: reply(201, ""),
    }),
  );

  test("returns undefined for a missing image, and false when there is nothing to remove", async () => {
    expect(await inspectImage(engine, "localhost/none:1")).toBeUndefined();
    expect(await removeImage(engine, "localhost/none:1")).toBe(false);
  });

  test("does not find an image of another platform when a platform is requested (F78)", async () => {
    const platform = { os: "linux", architecture: "arm64" };
    expect(await inspectImage(engine, "localhost/app:1", { platform })).toBeUndefined();
    expect(await inspectImage(engine, "localhost/app:1", { platform: engine.platform })).toMatchObject({ id: ID });
  });

  test("reads null for an empty list", async () => {
    expect(await inspectImage(engine, "localhost/app:1")).toMatchObject({ repoDigests: [], diffIds: [] });
  });

  test("throws a conflict with its status and the engine's message", async () => {
    await expect(removeImage(engine, "localhost/used:1")).rejects.toMatchObject({
      status: 409,
      said: "container 3f is using it",
    });
  });

  test("shows an answer that does not come from the engine", async () => {
    await expect(inspectImage(engine, "html:1")).rejects.toThrow(
      "looking for html:1: the engine says: <html>bad gateway</html>",
    );
  });

  test("names a field of the wrong type", async () => {
    await expect(inspectImage(engine, "broken:1")).rejects.toThrow("`Id` is 7, expected a string");
  });

  test("adds a name with its tag, or with `latest` if it has none", async () => {
    await tagImage(engine, ID, "localhost/a/b:c");
    await tagImage(engine, ID, "localhost/a/b");
    expect(scripted.requests).toContain(`POST /images/${ID}/tag?repo=localhost/a/b&tag=c`);
    expect(scripted.requests).toContain(`POST /images/${ID}/tag?repo=localhost/a/b&tag=latest`);
    await expect(tagImage(engine, ID, `localhost/a@sha256:${"0".repeat(64)}`)).rejects.toThrow("names a digest");
  });
});

describe("tryImage", () => {
  test("removes the container that it created", async () => {
    await start({
      "POST /containers/create": reply(201, { Id: "c0ffee" }),
      "DELETE /containers/c0ffee": reply(204, ""),
    });
    expect(await tryImage(engine, ID, { platform: engine.platform })).toEqual({ kind: "usable" });
    expect(scripted.requests.slice(-2)).toEqual([
      "POST /containers/create?platform=linux/amd64",
      "DELETE /containers/c0ffee?force=true&v=true",
    ]);
  });

  test("returns the reason why no container can be created (F70)", async () => {
    await start({ "POST /containers/create": reply(500, { message: "failed to extract layer" }) });
    expect(await tryImage(engine, ID)).toEqual({ kind: "unusable", reason: "failed to extract layer" });
  });

  test("does not treat a broken connection as an unusable image", async () => {
    await start({ "POST /containers/create": (response) => void response.destroy() });
    await expect(tryImage(engine, ID)).rejects.toThrow(EngineConnectionLost);
  });
});
