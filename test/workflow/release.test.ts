import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { Act } from "../act/act.ts";
import { dockerEnv } from "../act/docker-client.ts";
import type { ActJob, ActLog } from "../act/log.ts";
import { publishedTree } from "../act/published-tree.ts";
import { THIRD_PARTY } from "../act/third-party.ts";
import { describeWithEngines } from "../engines.ts";
import { Verdaccio } from "../npm/verdaccio.ts";
import { isOnPath } from "../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { DistWorkflow, type Past } from "../release/dist-workflow.ts";
import { releaseTo } from "../release/local-places.ts";
import { ReleasedProduct } from "../release/product.ts";
import { RunnerPrograms } from "../release/runner-programs.ts";
import { type Tap, TapServer } from "../release/tap.ts";
import { NotaryApi } from "../stand-in/apple/notary-api.ts";
import { WORKSHOP_TOOLS, Workshop } from "../stand-in/apple/workshop.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import type { Repository, Run } from "../stand-in/model.ts";
import { commitAll } from "../support/repository-copy.ts";

const MINUTES = 60_000;

jest.setTimeout(10 * MINUTES);
const TAG = "v1.7.6";
const TAG_REF = `refs/tags/${TAG}`;
const PARTS = [
  ...["act", "docker", "jq", "dist", "cargo", "cargo-hakari", "cargo-license", "just", "helm", "registry", "git"],
  ...["tar", "xz", ...WORKSHOP_TOOLS],
];
const ACTIONS = [
  ...[
    "build-image",
    "cache-access",
    "ci-contract",
    "debug-symbols",
    "hakari-check",
    "helm-publish",
    "homebrew-publish",
    "npm-publish",
  ],
  ...[
    "image-publish",
    "notarize-macos",
    "pins-check",
    "plan-check",
    "plan-image",
    "release-build-setup",
    "release-channel",
  ],
  ...["release-notes", "save-restate-image", "secrets-check"],
];

const PACKAGES = ["@example/beacon", "@example/beacon-server"].flatMap((name) => [
  ...[name, `${name}-linux-x64`, `${name}-darwin-arm64`],
]);
const IMAGES = ["example/beacon", "mirror/example/beacon"] as const;

describeWithEngines("a release by cargo-dist's own workflow", ["containerd"], (engine) => {
  let published: ReturnType<typeof publishedTree>;
  let docker: ReturnType<typeof dockerEnv>;
  let programs: RunnerPrograms;
  let github: GitHub;
  let apple: NotaryApi;
  let workshop: Workshop;
  let registry: RealRegistry;
  let taps: TapServer;
  let npm: Verdaccio;
  let npmToken: string;
  let macBinary: string;

  beforeAll(async () => {
    const missing = PARTS.filter((part) => !isOnPath(part));
    if (missing.length > 0) throw new Error(`needs ${missing.join(", ")}`);
    docker = dockerEnv(engine);
    programs = new RunnerPrograms();
    [github, apple, workshop, registry, taps, npm] = await Promise.all([
      startGitHub(),
      NotaryApi.open(),
      Workshop.open(),
      RealRegistry.start(),
      TapServer.start(),
      Verdaccio.start(),
    ]);
    // The addresses of Apple's services are defaults of the action, because the workflow has no input for them.
    const atApple = (text: string): string =>
      text
        .replace("default: https://appstoreconnect.apple.com", `default: ${apple.url}`)
        .replace("  s3-url:\n", `  s3-url:\n    default: ${apple.s3.url}\n`);
    published = publishedTree(ACTIONS, { replacing: { "notarize-macos/action.yml": atApple } });
    apple.behaviour.slowness = 0;
    npmToken = await npm.addUser("publisher");
    macBinary = await workshop.sign(await workshop.build("arm64"));
  });
  afterAll(async () => {
    for (const part of [published, docker, programs]) part[Symbol.dispose]();
    await Promise.all([github.close(), apple.close(), registry.close(), taps.close(), npm.close()]);
    await workshop[Symbol.asyncDispose]();
  });

  interface Release {
    readonly product: ReleasedProduct;
    readonly repository: Repository;
    readonly run: Run;
    readonly tap: Tap;
    readonly workflow: DistWorkflow;
  }
  let count = 0;

  /** A tagged product of its own, which publishes to the servers of this test. */
  async function tagProduct(): Promise<Release> {
    count += 1;
    const name = "example/beacon";
    const tap = taps.create(`tap${count}`);
    const product = new ReleasedProduct();
    const charts = `charts${count}`;
    releaseTo(product, { registry: registry.host, user: USER, images: IMAGES, charts, tap: tap.url, npm: npm.origin });
    await commitAll(product.root, "everything");
    await runCommand("git", ["remote", "add", "origin", `https://github.com/${name}.git`], { cwd: product.root });
    const repository = github.repository(name);
    repository.releases.splice(0);
    const head = await runCommand("git", ["rev-parse", "HEAD"], { cwd: product.root });
    const { sha } = github.addCommit(repository, { sha: head.stdout.trim(), ref: TAG_REF });
    const run = github.addRun({
      repository: name,
      workflow: "release.yml",
      headSha: sha,
      headBranch: TAG_REF,
    });
    return { product, repository, run, tap, workflow: new DistWorkflow((file) => product.read(file)) };
  }

  /** @param text the workflow. Default: the whole workflow that cargo-dist generated. */
  async function start(
    { product, repository, run, workflow }: Release,
    text = workflow.text,
    secrets = {},
  ): Promise<ActLog> {
    const { ACTIONS_RESULTS_URL = "", ACTIONS_RUNTIME_TOKEN = "", GITHUB_API_URL = "" } = github.env(run);
    using act = new Act({
      repository: product.root,
      uses: { ...published.uses, ...THIRD_PARTY },
      results: { ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN },
    });
    using file = new FileTree({ "release.yml": text });
    return await act.run("push", {
      workflow: file.path("release.yml"),
      payload: { ref: TAG_REF },
      secrets: {
        GITHUB_TOKEN: github.token(repository, { contents: "write" }),
        CODESIGN_CERTIFICATE: readFileSync(workshop.identity.p12).toString("base64"),
        CODESIGN_CERTIFICATE_PASSWORD: workshop.identity.password,
        CODESIGN_IDENTITY: workshop.identity.commonName,
        NOTARY_API_KEY: apple.privateKey,
        NOTARY_API_KEY_ID: apple.keyId,
        NOTARY_API_ISSUER: apple.issuer,
        HOMEBREW_TAP_TOKEN: taps.token,
        NPM_TOKEN: `npm_${"x".repeat(36)}`,
        ...{ DOCKER_USERNAME: "somebody", DOCKER_PASSWORD: "of-docker-hub" },
        REGISTRY_LOGINS: `${registry.host} ${USER} ${PASSWORD}`,
        CHART_REGISTRY_PASSWORD: PASSWORD,
        ...secrets,
      },
      vars: { NPM_TOKEN: npmToken },
      env: {
        ...docker.env,
        ...{ GITHUB_API_URL, GITHUB_RUN_ID: String(run.id), GITHUB_RUN_ATTEMPT: String(run.attempt) },
        ...{ PATH: programs.searchPath, MAC_BINARY: macBinary, CARGO_NET_OFFLINE: "true" },
      },
    });
  }

  let release: Release;
  /** The result of the plan job, which other jobs get again when they are run again. */
  let plan: Past;

  const distTags = async (name: string): Promise<unknown> => {
    const response = await fetch(`${npm.origin}/${name.replace("/", "%2f")}`);
    return Object(await response.json())["dist-tags"];
  };
  const state = async () => {
    const client = registry.client();
    const tags = await Promise.all([...IMAGES, `charts${count}/beacon`].map((name) => client.tags(name)));
    const manifests = await Promise.all(IMAGES.map((name) => client.manifest(name, "latest")));
    return {
      tags: tags.map((names) => [...names].sort()),
      images: manifests.map((manifest) => manifest?.digest),
      tap: release.tap.commits,
      npm: await Promise.all(PACKAGES.map(distTags)),
      notes: release.repository.releases.map(({ body }) => body),
    };
  };

  test("goes from the tag to signed archives, images, tap, packages, chart and notes, in the order of the phases", async () => {
    release = await tagProduct();
    const log = await start(release);
    const failed = [...log.jobs].filter(([, { result }]) => result === "failure").map(([name]) => name);
    expect([log.exitCode, failed, log.exitCode === 0 ? "" : log.text]).toEqual([0, [], ""]);
    plan = pastPlan(log);

    const began = (name: string): number => [...log.jobs.keys()].findIndex((job) => job.endsWith(name));
    const phases = [
      ["plan", "Preflight"],
      ["build-local-artifacts (x86_64-unknown-linux-gnu)-2", "Rust CI/gate", "Build the image"],
      ["build-global-artifacts", "Release notarize/Notarize"],
      ["Release/host"],
      ["Push the image", "Publish the formulae", "Publish the packages"],
      ["Release/announce"],
      ["Publish the chart", "Write the notes"],
    ].map((names) => names.map(began));
    for (const [index, phase] of phases.slice(1).entries())
      expect(Math.min(...phase)).toBeGreaterThan(Math.max(...(phases[index] ?? [])));

    const digest = outputsOf(log, "Build the image").get("digest");
    expect(outputsOf(log, "Push the image").get("digest")).toBe(digest);
    expect(outputsOf(log, "Release notarize/Notarize").get("status")).toBe("accepted");
    expect(outputsOf(log, "Publish the formulae").get("pushed")).toBe("true");
    expect(JSON.parse(outputsOf(log, "Publish the packages").get("published") ?? "")).toHaveLength(PACKAGES.length);
    expect(outputsOf(log, "Publish the chart").get("published")).toBe("true");
    expect(outputsOf(log, "Write the notes").get("changed")).toBe("true");
    expect(await state()).toMatchObject({
      tags: [["1.7", "1.7.6", "latest"], ["1.7", "1.7.6", "latest"], ["1.7.6"]],
      images: [digest, digest],
      tap: ["beacon-client, beacon-server 1.7.6"],
      npm: PACKAGES.map(() => ({ latest: "1.7.6" })),
    });
  });

  test("has formulae, notes and Apple's verdict about the release's own files", async () => {
    const { tap, repository } = release;
    const [published] = repository.releases;
    const archives = published?.assets.filter(({ name }) => name.endsWith(".tar.xz")) ?? [];
    expect(archives.map(({ name }) => name).sort()).toEqual(
      ["client", "server"].flatMap((app) =>
        ["aarch64-apple-darwin", "x86_64-unknown-linux-gnu"].map((target) => `beacon-${app}-${target}.tar.xz`),
      ),
    );
    const formulae = ["client", "server"].map((app) => tap.read(`Formula/beacon-${app}.rb`)).join("");
    for (const { digest } of archives) {
      const sha256 = digest?.replace("sha256:", "") ?? "";
      expect([formulae, published?.body]).toEqual([expect.stringContaining(sha256), expect.stringContaining(sha256)]);
    }
    expect(published?.body).toContain("Beacons greet by name.");
    expect(published?.body).toMatch(/\| npm \| .*@example\/beacon.* \| 1\.7\.6 \| verified \|/);
    expect(published?.body).toMatch(/\| chart \| .*charts1\/beacon.* \| 1\.7\.6 \| verified \|/);
    expect(published?.body).toMatch(/\| image \| .*mirror\/example\/beacon \| 1\.7\.6 \| verified \|/);
    expect(published?.assets.map(({ name }) => name).filter((name) => name.includes("preflight"))).toEqual([]);
    expect(apple.submissions.size).toBe(1);
  });

  test("publishes nothing twice when notarization and publishers run again", async () => {
    const before = await state();
    github.rerun(release.run);
    const { "custom-release-notarize": _notarized, ...built } = BUILT;
    const log = await start(release, release.workflow.after({ ...built, plan, host: DONE }));
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
    expect(outputsOf(log, "Release notarize/Notarize").get("status")).toBe("accepted");
    expect(apple.submissions.size).toBe(1);
    expect(outputsOf(log, "Push the image").get("references")).toContain("example/beacon:1.7.6");
    expect(outputsOf(log, "Publish the formulae").get("pushed")).toBe("false");
    expect(outputsOf(log, "Publish the packages").get("published")).toBe("[]");
    expect(outputsOf(log, "Publish the chart").get("published")).toBe("false");
    expect(outputsOf(log, "Write the notes").get("changed")).toBe("false");
    expect(await state()).toEqual(before);
  });

  test("stops for a missing secret before anything is built, and releases nothing, not even an empty release", async () => {
    release = await tagProduct();
    const log = await start(release, release.workflow.text, { HOMEBREW_TAP_TOKEN: "" });
    expect(log.exitCode).not.toBe(0);
    expect(log.text).toContain("HOMEBREW_TAP_TOKEN: it is empty");
    expect([...log.jobs.keys()].filter((name) => /build|Build/.test(name))).toEqual([]);

    // On GitHub, unlike in act, the run continues: builds are skipped, and `host` treats that as success.
    const rest = release.workflow.after({ ...SKIPPED, plan: pastPlan(log) });
    const held = await start(release, rest);
    expect(resultOf(held, "Release/host")).toBe("failure");
    expect(held.text).toContain("release-preflight has not passed, so nothing may be released");
    expect(release.repository.releases).toEqual([]);

    // Without the hold, the release would be made. When cargo-dist no longer does this, the hold can be removed.
    const { repository } = release;
    await github.world.deleteArtifact(github.artifact(release.run, "artifacts-release-preflight"));
    expect(resultOf(await start(release, rest), "Release/host")).toBe("success");
    expect(repository.releases.map(({ assets }) => assets.map(({ name }) => name))).toEqual([["dist-manifest.json"]]);
  });
});

const TAGGED = { tag: TAG, "tag-flag": `--tag=${TAG}`, publishing: "true" };
const DONE: Past = { outputs: {} };
const BUILDS = [
  ...["custom-release-preflight", "build-local-artifacts", "custom-rust-ci", "custom-release-docker-build"],
  ...["build-global-artifacts", "custom-release-notarize"],
];
const AFTER_HOST = [
  ...["custom-release-docker-push", "custom-release-homebrew", "custom-release-npm"],
  ...["custom-release-helm", "custom-release-notes"],
];
const BUILT = Object.fromEntries(BUILDS.map((job) => [job, DONE]));
/** Includes the jobs that GitHub, but not act, skips because a job that they need was skipped. */
const SKIPPED = Object.fromEntries([...BUILDS, ...AFTER_HOST].map((job) => [job, "skipped"] as const));

function jobOf({ jobs }: ActLog, end: string): ActJob {
  const [, job] = [...jobs].find(([name]) => name.endsWith(end)) ?? [];
  if (job === undefined) throw new Error(`no job ${end} in ${[...jobs.keys()].join(", ")}`);
  return job;
}

function pastPlan(log: ActLog): Past {
  return { outputs: { val: outputsOf(log, "Release/plan").get("manifest") ?? "", ...TAGGED } };
}

function outputsOf(log: ActLog, end: string): ReadonlyMap<string, string> {
  return jobOf(log, end).outputs;
}

function resultOf(log: ActLog, end: string): string | undefined {
  return jobOf(log, end).result;
}
