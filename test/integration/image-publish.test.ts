import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { zip } from "@release-actions/archive/testing";
import { runCommand } from "@release-actions/command";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { readPage } from "@release-actions/ledger";
import { dockerArchive, tarOf } from "@release-actions/oci/testing";
import { craftOciArchive, craftPlatformsArchive } from "../images/crafted-archive.ts";
import { describeWith } from "../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { readArtifact, uploadArtifact } from "../release/hosting.ts";
import { Job, type StepOptions, type StepResult } from "../runner/job.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import { type FaultProxy, startProxy } from "../stand-in/proxy/proxy.ts";

const LAYERS = { "linux/amd64": randomBytes(100_000), "linux/arm64": randomBytes(120_000) };
const ARCHIVE = craftPlatformsArchive(LAYERS);
const OTHER = craftPlatformsArchive({ ...LAYERS, "linux/arm64": randomBytes(1000) });

describeWith(["registry", "crane"], "image-publish", () => {
  let registries: [RealRegistry, RealRegistry];
  let proxies: [FaultProxy, FaultProxy];
  let count = 0;
  beforeAll(async () => {
    registries = await Promise.all([RealRegistry.start(), RealRegistry.start()]);
    proxies = await Promise.all([startProxy(registries[0].origin), startProxy(registries[1].origin)]);
  });
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await Promise.all(registries.map((registry) => registry.close()));
  });
  afterEach(() => {
    for (const proxy of proxies) proxy.reset();
  });

  const hosts = (): string[] => proxies.map(({ origin }) => new URL(origin).host);
  const logins = (password = PASSWORD): string =>
    hosts()
      .map((host) => `${host} ${USER} ${password}`)
      .join("\n");
  /** A repository that no other test uses. */
  const newRepository = (): string => {
    count += 1;
    return `acme${count}/widget`;
  };

  interface Setting {
    readonly version?: string;
    readonly archive?: Uint8Array;
    readonly inputs?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly stop?: StepOptions["stop"];
  }

  async function run(
    repository: string,
    setting: Setting = {},
  ): Promise<StepResult & { leftovers: readonly string[] }> {
    const { version = "1.2.3", archive = ARCHIVE, inputs = {}, env = {}, stop } = setting;
    const facts = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    await using job = await Job.open({ env: { ...facts, ...env } });
    writeFileSync(job.file("plan.json"), JSON.stringify(makeManifest({ version })));
    writeFileSync(job.file("widget.tar"), archive);
    const images = hosts()
      .map((host) => `${host}/${repository}`)
      .join("\n");
    const defaults = { plan: "plan.json", source: "widget.tar", images, logins: logins() };
    const step = await job.step("image-publish", { inputs: { ...defaults, ...inputs }, ...(stop && { stop }) });
    return { ...step, leftovers: readdirSync(job.temp).filter((name) => name.startsWith("image-publish-")) };
  }

  const tagsAt = (repository: string): Promise<(readonly string[])[]> =>
    Promise.all(registries.map(async (registry) => [...(await registry.client().tags(repository))].sort()));
  const digestAt = async (repository: string, tag: string): Promise<string | undefined> =>
    (await registries[0].client().manifest(repository, tag))?.digest;

  test("publishes all platforms to both registries, as a real client reads them", async () => {
    const repository = newRepository();
    const step = await run(repository);
    expect(step.annotations).toEqual([]);
    expect(step.conclusion).toBe("success");
    expect(await tagsAt(repository)).toEqual([
      ["1.2", "1.2.3", "latest"],
      ["1.2", "1.2.3", "latest"],
    ]);
    expect(step.outputs["references"]?.split("\n")).toContain(`${hosts()[1]}/${repository}:latest`);
    const config = JSON.stringify({ auths: { [registries[1].host]: { auth: btoa(`${USER}:${PASSWORD}`) } } });
    await using job = await Job.open();
    writeFileSync(path.join(job.temp, "config.json"), config);
    const env = { ...process.env, DOCKER_CONFIG: job.temp };
    const image = `${registries[1].host}/${repository}:1.2.3`;
    const crane = async (...args: string[]) => (await runCommand("crane", [...args, "--insecure"], { env })).stdout;
    expect((await crane("digest", image)).trim()).toBe(step.outputs["digest"]);
    // Reads every blob of every platform, and checks it against its digest.
    await crane("pull", "--format=oci", image, path.join(job.temp, "pulled"));
    expect(JSON.parse(await crane("manifest", image)).manifests).toHaveLength(3);
    expect(step.masks).toContain(PASSWORD);
    expect(step.log).not.toContain(PASSWORD);
  });

  test("changes nothing the second time, and does not send blobs again", async () => {
    const repository = newRepository();
    const first = await run(repository);
    for (const proxy of proxies) proxy.reset();
    const again = await run(repository);
    expect(again.outputs).toEqual(first.outputs);
    const sent = proxies
      .flatMap(({ passages }) => passages)
      .filter(({ method, url }) => method === "PUT" && !/sha256:/.test(url));
    expect(sent).toEqual([]);
  });

  test("refuses another digest under a version that one registry has, and pushes to neither (misleads 6)", async () => {
    const repository = newRepository();
    await run(repository, { inputs: { images: `${hosts()[0]}/${repository}` } });
    const there = await digestAt(repository, "1.2.3");
    for (const proxy of proxies) proxy.reset();
    const step = await run(repository, { archive: OTHER });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(`exists with the digest ${there}, but this image has sha256:`);
    expect(proxies.flatMap(({ passages }) => passages).filter(({ method }) => method === "PUT")).toEqual([]);
    expect(await digestAt(repository, "1.2.3")).toBe(there);
  });

  test("never moves latest back: a backport, a pre-release and a build get tags of their own (misleads 4, 7)", async () => {
    const repository = newRepository();
    await run(repository, { version: "1.3.1" });
    const latest = await digestAt(repository, "latest");
    for (const version of ["1.2.9", "1.4.0-rc.1", "1.3.1+hotfix.1"]) {
      expect((await run(repository, { version, archive: OTHER })).conclusion).toBe("success");
    }
    expect((await tagsAt(repository))[0]).toEqual([
      "1.2",
      "1.2.9",
      "1.3",
      "1.3.1",
      "1.3.1_hotfix.1",
      "1.4.0-rc.1",
      "latest",
    ]);
    expect(await digestAt(repository, "latest")).toBe(latest);
    expect(await digestAt(repository, "1.3.1")).toBe(latest);
  });

  test("shows no tag when it is killed between blobs and tags, and finishes the next time (F84, F85)", async () => {
    const repository = newRepository();
    proxies[0].inject({ method: "PUT", url: /manifests\/1\.2\.3/ }, { kind: "stall" });
    const killed = await run(repository, { stop: { when: /tagging/, by: "SIGKILL" } });
    expect(killed.signal).toBe("SIGKILL");
    expect(await tagsAt(repository)).toEqual([[], []]);
    for (const proxy of proxies) proxy.reset();
    expect((await run(repository)).conclusion).toBe("success");
    expect(await tagsAt(repository)).toEqual(Array(2).fill(["1.2", "1.2.3", "latest"]));
    const blobs = proxies
      .flatMap(({ passages }) => passages)
      .filter(({ method, url }) => method === "PUT" && /blobs/.test(url));
    expect(blobs).toEqual([]);
  });

  test("publishes for the first time to GHCR, which denies access to names that were never pushed", async () => {
    const repository = newRepository();
    const [ghcr] = proxies;
    const denied = { kind: "answer", status: 403, body: '{"errors":[{"code":"DENIED"}]}' } as const;
    const rules = [/tags\/list/, /manifests\/1/].map((url) => ghcr.inject({ method: "GET", url, times: 1 }, denied));
    const heads = ghcr.inject({ method: "HEAD", url: /blobs/ }, denied);
    const step = await run(repository);
    expect(step.annotations).toEqual([]);
    expect([...rules, heads].map(({ hits }) => hits > 0)).toEqual([true, true, true]);
    expect(await tagsAt(repository)).toEqual(Array(2).fill(["1.2", "1.2.3", "latest"]));
  });

  test("refuses a tag that was set while the blobs were pushed", async () => {
    const repository = newRepository();
    await run(repository, { archive: OTHER });
    const there = await digestAt(repository, "1.2.3");
    // The first look finds no tag. The check just before tagging must find it.
    for (const proxy of proxies)
      proxy.inject({ method: "GET", url: /manifests\/1/, times: 1 }, { kind: "answer", status: 404 });
    const step = await run(repository);
    expect(step.log).toContain(`1.2.3 exists with the digest ${there}, but this image has sha256:`);
    expect(await digestAt(repository, "1.2.3")).toBe(there);
  });

  test("does not move latest when a newer release came meanwhile (F122)", async () => {
    const repository = newRepository();
    await run(repository, { version: "1.3.1" });
    const latest = await digestAt(repository, "latest");
    const none = { kind: "answer", status: 200, body: '{"tags":[]}' } as const;
    for (const proxy of proxies) proxy.inject({ url: /tags\/list/, times: 1 }, none);
    const step = await run(repository, { version: "1.2.9", archive: OTHER });
    expect(step.conclusion).toBe("success");
    expect(step.outputs["references"]).not.toContain("latest");
    expect(await digestAt(repository, "latest")).toBe(latest);
    expect(await digestAt(repository, "1.2")).toBe(step.outputs["digest"]);
  });

  test("sends blobs in parallel, up to a limit", async () => {
    const repository = newRepository();
    const [proxy] = proxies;
    proxy.reset();
    proxy.limits.latencyMs = 40;
    const images = `${hosts()[0]}/${repository}`;
    const platforms = ["amd64", "arm64", "ppc64le", "s390x", "riscv64", "386"].map((name) => `linux/${name}`);
    const archive = craftPlatformsArchive(Object.fromEntries(platforms.map((name) => [name, randomBytes(64)])));
    expect((await run(repository, { archive, inputs: { images } })).conclusion).toBe("success");
    expect(proxy.peakRequests).toBe(4);
  });

  test.each<[name: string, fault: Parameters<FaultProxy["inject"]>]>([
    ["a blob whose upload is reset (F02)", [{ method: "PUT", url: /blobs/, times: 1 }, { kind: "reset" }]],
    ["a blob whose answer is lost (F03)", [{ method: "PUT", url: /blobs/, times: 1 }, { kind: "lost-answer" }]],
    [
      "a registry that takes a while to show a tag (F117)",
      [
        { method: "GET", url: /manifests\/latest/, skip: 1, times: 2 },
        { kind: "answer", status: 404 },
      ],
    ],
    ["a tag whose answer is lost (F03)", [{ method: "PUT", url: /manifests\/1/, times: 1 }, { kind: "lost-answer" }]],
    [
      "a registry that throttles (F20)",
      [{ times: 3 }, { kind: "answer", status: 429, headers: { "retry-after": "0" } }],
    ],
  ])("survives %s", async (_name, fault) => {
    const repository = newRepository();
    const rule = proxies[1].inject(...fault);
    const step = await run(repository);
    expect(step.conclusion).toBe("success");
    expect(rule.hits).toBeGreaterThan(0);
    expect(await tagsAt(repository)).toEqual(Array(2).fill(["1.2", "1.2.3", "latest"]));
  });

  test("sets the requested tags, and still protects a tag that is a version", async () => {
    const repository = newRepository();
    await run(repository, { inputs: { tags: "edge\n1.0.0" } });
    expect((await tagsAt(repository))[0]).toEqual(["1.0.0", "edge"]);
    expect((await run(repository, { archive: OTHER, inputs: { tags: "edge" } })).conclusion).toBe("success");
    expect((await run(repository, { archive: OTHER, inputs: { tags: "1.0.0" } })).conclusion).toBe("failure");
  });

  test.each<[name: string, setting: Setting, message: string]>([
    ["a login without a password (misleads 20)", { inputs: { logins: "ghcr.io me " } }, "has 2 words"],
    ["no login for a registry", { inputs: { logins: "ghcr.io me secret" } }, "has no line for 127.0.0.1"],
    ["an image with a tag", { inputs: { images: "ghcr.io/acme/widget:1" } }, "expected no tag in it"],
    ["a source that does not exist", { inputs: { source: "nowhere.tar" } }, "nowhere.tar is not a file"],
    ["a source that is not an image (B30)", { archive: Buffer.from("<html>".repeat(1000)) }, "tar"],
    ["a truncated archive (B03)", { archive: ARCHIVE.subarray(0, 150_000) }, "the archive ends"],
    [
      "a plan for another tag (B135)",
      { env: { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v9.9.9" } },
      "announces v1.2.3",
    ],
    [
      "a layer whose bytes do not match its digest (B37)",
      { archive: Buffer.from(ARCHIVE).fill(0x55, 2048, 2050) },
      "answered 400 to the blob sha256:",
    ],
  ])("refuses %s, and sets no tag", async (_name, setting, message) => {
    const repository = newRepository();
    const step = await run(repository, setting);
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(await tagsAt(repository)).toEqual([[], []]);
  });

  test.each<[name: string, archive: Uint8Array]>([
    ["a gzip file", gzipSync(ARCHIVE)],
    ["a zstd file", zstdCompressSync(ARCHIVE)],
    ["a deflated zip", zip([{ name: "image.tar", raw: deflateRawSync(ARCHIVE), method: 8, data: ARCHIVE }])],
  ])("publishes the same image from %s", async (_name, archive) => {
    const [plain, repository] = [newRepository(), newRepository()];
    const images = `${hosts()[0]}/${plain}`;
    const expected = (await run(plain, { inputs: { images } })).outputs["digest"];
    const step = await run(repository, { archive });
    expect(step.annotations).toEqual([]);
    expect(step.outputs["digest"]).toBe(expected);
    expect(await digestAt(repository, "1.2.3")).toBe(expected);
    expect(step.leftovers).toEqual([]);
  });

  test.each(["none", "gzip", "zstd", "xz", "bzip2"] as const)(
    "publishes a docker archive with layers of %s compression",
    async (compression) => {
      const repository = newRepository();
      const step = await run(repository, { archive: tarOf(dockerArchive({ compression })) });
      expect(step.annotations).toEqual([]);
      expect(await digestAt(repository, "1.2.3")).toBe(step.outputs["digest"]);
    },
  );

  test("refuses a wrong password before anything is sent (F106)", async () => {
    const step = await run(newRepository(), { inputs: { logins: logins("wrong") } });
    expect(step.log).toContain(`refuses the user ${USER} (401)`);
    expect(proxies.flatMap(({ passages }) => passages).filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("takes the image from an artifact of the run, and leaves a ledger there", async () => {
    const github: GitHub = await startGitHub();
    try {
      const ghRun = github.addRun({ repository: "acme/widget" });
      const content = craftOciArchive(randomBytes(1024), "localhost/a:1");
      await github.addArtifact(ghRun, { name: "image", content, mimeType: "application/x-tar" });
      await uploadArtifact(github, ghRun, "deflated", [["image.tar", content]]);
      const repository = newRepository();
      const step = await run(repository, { inputs: { source: "image" }, env: github.env(ghRun) });
      expect(step.annotations).toEqual([]);
      const [, ledger = ""] = /wrote the ledger (\S+)/.exec(step.log) ?? [];
      const { rows } = readPage(await readArtifact(github, ghRun, ledger, "ledger.json"));
      expect(rows.map(({ channel, name, version, state, digest }) => [channel, name, version, state, digest])).toEqual(
        hosts().map((host) => ["image", `${host}/${repository}`, "1.2.3", "verified", step.outputs["digest"]]),
      );

      const deflated = await run(repository, { inputs: { source: "deflated" }, env: github.env(ghRun) });
      expect(deflated.annotations).toEqual([]);
      expect(deflated.outputs["digest"]).toBe(step.outputs["digest"]);
    } finally {
      await github.close();
    }
  });
});
