import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { findSection, readBuildId, readElf } from "@release-actions/elf";
import { FileTree, Product } from "@release-actions/example-product";
import { Act } from "../act/act.ts";
import { DOCKER_ACTIONS, resultsOf } from "../act/act-setting.ts";
import { dockerEnv } from "../act/docker-client.ts";
import type { ActLog } from "../act/log.ts";
import { publishedTree, userRepository } from "../act/published-tree.ts";
import { THIRD_PARTY } from "../act/third-party.ts";
import { describeWithEngines } from "../engines.ts";
import { isOnPath } from "../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import { ParcaStore } from "../stand-in/parca/store.ts";
import { Workbench } from "../support/compile.ts";
import { commitAll } from "../support/repository-copy.ts";

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);
const EM_AARCH64 = 183;
/** A secret of several lines, like a key, with characters that a shell or a parser of lines could change. */
const KEY = "one=1 $HOME `id` %0A \"quoted\"\n  'two' \\n \t c2VjcmV0==\nthree, \u00e9 #";
const BUILD_SECRETS = `key=${KEY}\nother=single`;
const PARCA_TOKEN = "parca-token-of-a-test";
const PROGRAMS = path.join(import.meta.dirname, "../stand-in/parca/bin");
const NEEDED = ["act", "docker", "jq", "registry", "crane", "cargo-hakari", "gcc", "objcopy"];

/** A product whose binaries are already split: they come from the context instead of a builder's stage. */
const SPLIT = `FROM scratch AS debug-symbols
ARG TARGETARCH
COPY $TARGETARCH/server.debug /
FROM scratch AS download-scripts
FROM --platform=$BUILDPLATFORM scratch AS probed
COPY probe /probe
RUN --network=none --mount=type=secret,id=parca ["/probe", "/run/secrets/parca"]
FROM scratch AS runtime
ARG UPLOAD_DEBUGINFO CARGO_PROFILE_RELEASE_DEBUG TARGETARCH
LABEL upload=$UPLOAD_DEBUGINFO debug=$CARGO_PROFILE_RELEASE_DEBUG
COPY --from=probed /secret /secret
COPY --from=download-scripts / /usr/local/bin/
COPY $TARGETARCH/server /usr/local/bin/server
COPY workspace-hack/Cargo.toml /hack.toml
`;

/**
 * A Dockerfile whose programs run only on the builder's platform. The probe succeeds if sccache would get the Actions
 * cache. The last stage has no name.
 */
const PLAIN = `FROM --platform=$BUILDPLATFORM scratch AS source
ARG TARGETARCH
COPY probe /probe
RUN --network=none --mount=type=secret,id=SCCACHE_GHA_ENABLED ["/probe", "/run/secrets/SCCACHE_GHA_ENABLED"]
COPY hello-$TARGETARCH /hello
FROM scratch AS server
COPY --from=source /hello /server
FROM scratch
ARG RESTATE_FEATURES
LABEL features=$RESTATE_FEATURES
COPY --from=source /hello /all
`;

/** The build of each platform runs only programs of its builder's platform. */
const LEGS = `FROM --platform=$BUILDPLATFORM scratch AS source
ARG TARGETARCH
COPY probe /probe
RUN --network=none --mount=type=secret,id=key,required=true ["/probe", "/run/secrets/key", "/key"]
RUN --network=none --mount=type=secret,id=other,required=true ["/probe", "/run/secrets/other", "/other"]
COPY hello-$TARGETARCH /hello
FROM scratch
COPY --from=source /hello /all
COPY --from=source /key /other /
`;

/** A program that writes the length of a secret, or the whole secret if a second file is given. */
const PROBE = `#include <stdio.h>
int main(int c, char **v) { FILE *f = fopen(v[1], "r"); char s[999]; size_t n = f ? fread(s, 1, sizeof s, f) : 0;
  FILE *o = fopen(c > 2 ? v[2] : "/secret", "w");
  return !f || !o || (c > 2 ? fwrite(s, 1, n, o) != n : fprintf(o, "%zu\\n", n) < 0) || fclose(o); }
`;

/** Changes the program as if a cross compiler had made it: for another machine, with its own build id and debuglink. */
async function crossCompiled(bench: Workbench): Promise<void> {
  const [binary, debug] = [readFileSync(bench.path("server")), readFileSync(bench.path("server.debug"))];
  const id = await readBuildId(await readElf(memorySource(debug)));
  const section = findSection(await readElf(memorySource(binary)), ".gnu_debuglink");
  if (id === undefined || section === undefined) throw new Error("the test's own binary has no build id or debuglink");
  for (const bytes of [binary, debug]) {
    bytes.writeUInt16LE(EM_AARCH64, 18);
    bytes.fill(0xaa, bytes.indexOf(Buffer.from(id.hex, "hex")), bytes.indexOf(Buffer.from(id.hex, "hex")) + id.size);
  }
  binary.writeUInt32LE(crc32(debug), section.offset + section.size - 4);
  writeFileSync(bench.path("server-arm64"), binary);
  writeFileSync(bench.path("server-arm64.debug"), debug);
}

describeWithEngines("docker.yml", ["containerd"], (engine) => {
  let published: ReturnType<typeof publishedTree>;
  let docker: ReturnType<typeof dockerEnv>;
  let github: GitHub;
  let registries: [RealRegistry, RealRegistry];
  let store: ParcaStore;
  let bench: Workbench;
  let product: Product;
  beforeAll(async () => {
    const missing = NEEDED.filter((program) => !isOnPath(program));
    if (missing.length > 0) throw new Error(`needs ${missing.join(", ")}`);
    published = publishedTree(DOCKER_ACTIONS);
    docker = dockerEnv(engine);
    product = new Product();
    bench = new Workbench({ "a.c": "int main(void) { return 0; }\n", "probe.c": PROBE });
    await bench.run("gcc -g -Wl,--build-id a.c -o whole");
    await bench.run("gcc -static probe.c -o probe");
    await bench.run("objcopy --only-keep-debug whole server.debug");
    await bench.run("objcopy --strip-all --add-gnu-debuglink=server.debug whole server");
    await crossCompiled(bench);
    store = await ParcaStore.start(PARCA_TOKEN);
    registries = [await RealRegistry.start(), await RealRegistry.start()];
    github = await startGitHub();
  });
  afterAll(async () => {
    // Close what has started, even when another part did not start.
    for (const used of [published, docker, bench, product]) used?.[Symbol.dispose]();
    await Promise.all([github?.close(), store?.close(), ...(registries ?? []).map((registry) => registry.close())]);
  });
  beforeEach(() => store.reset());

  /** The tags of the repository, as GitHub knows them. */
  const addTags = (...tags: string[]): void => {
    for (const tag of tags) github.addCommit(github.repository("org/product"), { ref: `refs/tags/${tag}` });
  };

  interface Setting {
    readonly ref: string;
    readonly files: Readonly<Record<string, string>>;
    /** Further files: for each path, the file of the bench that is copied there. */
    readonly binaries?: Readonly<Record<string, string>>;
    readonly workspace?: Product;
    /** Lines of `with:`. */
    readonly inputs: readonly string[];
    /** The folder from which other commits and repositories than the run's are checked out. */
    readonly repositories?: string;
  }

  /** The outputs of docker.yml, as the job after it gets them. */
  function consumedOf(log: ActLog): Readonly<Record<"digest" | "artifactDigest" | "tags", string>> {
    const [, consumer] = [...log.jobs].find(([name]) => name.endsWith("consumer")) ?? [];
    return JSON.parse(consumer?.outputs.get("consumed") ?? "");
  }

  async function run({ ref, files, binaries = {}, workspace, inputs, repositories }: Setting): Promise<ActLog> {
    const hosts = { registry: registries[0].host, dockerHub: registries[1].host };
    const all = [...Object.entries(hosts).map(([name, host]) => `${name}: "${host}"`), ...inputs];
    const ci = `on: push
jobs:
  docker:
    permissions: { contents: read, packages: write }
    uses: org/actions/.github/workflows/docker.yml@v1
    with:
${all.map((line) => `      ${line}\n`).join("")}    secrets:
      DOCKER_USERNAME: \${{ secrets.DOCKER_USERNAME }}
      DOCKER_PASSWORD: \${{ secrets.DOCKER_PASSWORD }}
      parca: \${{ secrets.PARCA_TOKEN }}
      secrets: \${{ secrets.BUILD_SECRETS }}
  consumer:
    needs: docker
    runs-on: ubuntu-latest
    permissions: {}
    env: { CONSUMED: "\${{ toJSON(needs.docker.outputs) }}" }
    steps:
      - run: echo "consumed=$(jq --compact-output . <<< "$CONSUMED")" >> "$GITHUB_OUTPUT"
`;
    using repository = await userRepository({ ...files, ".github/workflows/ci.yml": ci });
    for (const [to, from] of Object.entries(binaries)) {
      mkdirSync(path.dirname(repository.path(to)), { recursive: true });
      cpSync(bench.path(from), repository.path(to));
    }
    const filter = (file: string): boolean => ![".github", "docker"].includes(path.basename(file));
    if (workspace !== undefined) cpSync(workspace.root, repository.root, { recursive: true, filter });
    const gitHubRun = github.addRun({ repository: "org/product", headBranch: "trunk" });
    // The job's token reads the repository, and is the password of the registry.
    github.world.tokens.set(PASSWORD, { repository: gitHubRun.repository, permissions: { contents: "read" } });
    const results = { ...resultsOf(github, gitHubRun), ACTIONS_CACHE_SERVICE_V2: "True" };
    using act = new Act({ repository: repository.root, uses: { ...published.uses, ...THIRD_PARTY }, results });
    return await act.run("push", {
      env: {
        ...{ ...docker.env, GITHUB_API_URL: github.origin, PATH: `${PROGRAMS}:${process.env["PATH"]}` },
        ...(repositories !== undefined && { CHECKOUT_REPOSITORIES: repositories }),
      },
      actor: USER,
      secrets: { GITHUB_TOKEN: PASSWORD, DOCKER_USERNAME: USER, DOCKER_PASSWORD: PASSWORD, PARCA_TOKEN, BUILD_SECRETS },
      payload: { ref, repository: { default_branch: "trunk" } },
    });
  }

  const tagsOf = async (registry: RealRegistry, name: string): Promise<string[]> =>
    [...(await registry.client().tags(name))].sort();

  /** Runs a real client, with the password. */
  async function crane(line: string): Promise<string> {
    const config = { auths: { [registries[0].host]: { auth: btoa(`${USER}:${PASSWORD}`) } } };
    using folder = new Workbench({ "config.json": JSON.stringify(config) });
    return await folder.shell(`crane --insecure ${line}`, { DOCKER_CONFIG: folder.root });
  }

  const fileOf = (image: string, file: string): Promise<string> =>
    crane(`export ${image} - | tar --extract --to-stdout ${file}`);

  test("the default branch: several images, two platforms, two registries with passwords, and a cache between runs", async () => {
    const plain = {
      ref: "refs/heads/trunk",
      files: { "docker/Dockerfile": PLAIN, "hello-amd64": "amd64\n", "hello-arm64": "arm64\n" },
      binaries: { probe: "probe" },
      inputs: [
        'platforms: "linux/amd64,linux/arm64"',
        "pushToDockerHub: true",
        "uploadImageAsTarball: image.tar",
        "features: one,two",
        'images: "org/server=server\\norg/all"',
      ],
    };
    const first = await run(plain);
    expect([first.exitCode, first.exitCode === 0 ? "" : first.text]).toEqual([0, ""]);
    const [job] = [...first.jobs.values()].filter(({ outputs }) => outputs.has("references"));
    for (const name of ["org/server", "org/all"]) {
      const found = await Promise.all(registries.map((registry) => registry.client().manifest(name, "trunk")));
      const [one, other] = found.map((manifest) => manifest?.digest);
      expect(one).toMatch(/^sha256:/);
      expect(other).toBe(one);
      for (const registry of registries) {
        expect(await tagsOf(registry, name)).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/), "trunk"]);
        expect(job?.outputs.get("references")).toContain(`${registry.host}/${name}:trunk@${one}`);
      }
    }
    // The saved and the pushed image have the same digest, so a job that tests either can expect it.
    const saved = [...first.jobs.values()].find(({ outputs }) => outputs.has("artifact-id"))?.outputs.get("digest");
    expect(saved).toBe((await registries[0].client().manifest("org/server", "trunk"))?.digest);
    const image = `${registries[0].host}/org/all:trunk`;
    expect(await fileOf(`--platform=linux/arm64 ${image}`, "all")).toBe("arm64\n");
    expect(await fileOf(`--platform=linux/amd64 ${image}`, "all")).toBe("amd64\n");
    expect(first.text).not.toContain(PASSWORD);
    expect(first.text).toContain("Removing login credentials");
    expect(github.world.caches.filter(({ finalized }) => finalized).length).toBeGreaterThan(0);
    // A branch whose images are not pushed, with an empty builder: the Actions cache has the layers of the first run.
    await runCommand("docker", ["buildx", "prune", "--all", "--force"], { env: { ...process.env, ...docker.env } });
    const second = await run({ ...plain, ref: "refs/heads/feature" });
    expect([second.exitCode, second.exitCode === 0 ? "" : second.text]).toEqual([0, ""]);
    expect(second.text).toMatch(/importing cache manifest from gha/);
    expect(second.text).toMatch(/#\d+ CACHED/);
    expect(await tagsOf(registries[0], "org/all")).toHaveLength(2);
  });

  const legs = (ref: string, inputs: readonly string[] = []): Setting => ({
    ref,
    files: { "docker/Dockerfile": LEGS, "hello-amd64": "amd64\n", "hello-arm64": "arm64\n" },
    binaries: { probe: "probe" },
    inputs: [
      'runners: "{ linux/amd64: ubuntu-latest, linux/arm64: ubuntu-24.04-arm }"',
      ...["emulate: false", "uploadImageAsTarball: image.tar", "images: org/legs", "provenance: mode=max"],
      ...inputs,
    ],
  });

  test("a runner for each platform: one index of both platforms, with attestations, and an artifact of one platform", async () => {
    const log = await run(legs("refs/heads/trunk"));
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
    const found = await registries[0].client().manifest("org/legs", "trunk");
    const index = JSON.parse(Buffer.from(found?.bytes ?? []).toString());
    const entries: IndexEntry[] = index.manifests;
    expect(entries.map(({ platform }) => platform.architecture).sort()).toEqual([
      ...["amd64", "arm64", "unknown", "unknown"],
    ]);
    const images = entries.filter(({ platform }) => platform.architecture !== "unknown");
    const described = entries.map(({ annotations }) => annotations?.["vnd.docker.reference.digest"]);
    expect(described.filter((digest) => digest !== undefined).sort()).toEqual(
      images.map(({ digest }) => digest).sort(),
    );
    expect([...log.jobs.keys()].filter((name) => name.includes("Build the image"))).toHaveLength(2);
    expect(index.annotations).toMatchObject({ "org.opencontainers.image.source": "https://github.com/org/product" });
    const image = `${registries[0].host}/org/legs:trunk`;
    expect(await fileOf(`--platform=linux/arm64 ${image}`, "all")).toBe("arm64\n");
    expect(await fileOf(`--platform=linux/amd64 ${image}`, "all")).toBe("amd64\n");
    for (const platform of ["linux/amd64", "linux/arm64"]) {
      expect(await fileOf(`--platform=${platform} ${image}`, "key")).toBe(KEY);
      expect(await fileOf(`--platform=${platform} ${image}`, "other")).toBe("single");
    }
    const consumed = consumedOf(log);
    expect(consumed.digest).toBe(found?.digest);
    expect(consumed.tags.split("\n")).toContain(`${image}@${found?.digest}`);
    // The artifact is the image of one of the runners, with the digest under which that runner pushed it.
    const one = await registries[0].client().manifest("org/legs", consumed.artifactDigest);
    const ofOne: IndexEntry[] = JSON.parse(Buffer.from(one?.bytes ?? []).toString()).manifests;
    expect(ofOne.map(({ platform }) => platform.architecture)).toEqual(["amd64", "unknown"]);
    const merged = [...log.jobs].find(([name]) => name.includes("Merge the platforms"))?.[1];
    expect(merged?.outputs.get("digest")).toBe(found?.digest);
    expect(merged?.outputs.get("references")).toContain(`${image}@${found?.digest}`);
  });

  /** Tags of a release that is already in the registry. */
  const RELEASED = ["2", "2.0", "2.0.0", "latest"];

  test.each<[string, string, readonly string[], readonly (string | RegExp)[]]>([
    ["a branch called _wip", "refs/heads/_wip", ["push: always"], [/^[0-9a-f]{40}$/, "_wip"]],
    ["a chart's tag, which moves nothing", "refs/tags/chart-2.0.0", ["push: always"], ["chart-2.0.0"]],
    ["a debug build of a release", "refs/tags/v2.0.0", ["debug: true"], ["debug-2.0", "debug-2.0.0", "debug-latest"]],
    [
      "the caller's own rules for an older release",
      "refs/tags/v1.1.9",
      ['tagRules: "type=semver,pattern={{version}}\\ntype=semver,pattern={{major}}.{{minor}}\\ntype=raw,value=latest"'],
      ["1.1", "1.1.9"],
    ],
  ])("%s", async (title, ref, inputs, expected) => {
    const name = `org/${title.replaceAll(/[^a-z]+/g, "-").replace(/-$/, "")}`;
    addTags("v1.1.9", "v1.2.3", "v1.7.5", "v2.0.0", "chart-2.0.0");
    const of = (tag: string): string => `${registries[0].host}/${name}:${tag}`;
    await bench.run("tar -cf layer.tar a.c");
    await crane(`append --new_layer ${bench.path("layer.tar")} --new_tag ${of("latest")}`);
    for (const tag of RELEASED) await crane(`tag ${of("latest")} ${tag}`);
    const released = (await registries[0].client().manifest(name, "latest"))?.digest;
    const log = await run({
      ref,
      files: { "docker/Dockerfile": "FROM scratch\nCOPY hello /\n", hello: "hello\n" },
      inputs: ["platforms: linux/amd64", `images: ${name}`, ...inputs],
    });
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
    const digests = new Map<string, string | undefined>();
    for (const tag of await tagsOf(registries[0], name)) {
      digests.set(tag, (await registries[0].client().manifest(name, tag))?.digest);
    }
    expect(RELEASED.map((tag) => digests.get(tag))).toEqual(RELEASED.map(() => released));
    const tags = [...digests.keys()].filter((tag) => !RELEASED.includes(tag));
    const { digest } = consumedOf(log);
    expect(digest).not.toBe(released);
    expect(tags.map((tag) => digests.get(tag))).toEqual(tags.map(() => digest));
    const wanted = expected.map((tag) => (typeof tag === "string" ? tag : expect.stringMatching(tag)));
    expect(tags).toEqual(expect.arrayContaining(wanted));
    expect(tags).toHaveLength(expected.length);
  });

  test("a commit other than the run's, with its submodules, and variables for the build", async () => {
    using repositories = new FileTree({
      "org/vendored/data": "vendored\n",
      "org/product/hello": "of the release\n",
      "org/product/docker/Dockerfile": "FROM scratch\nCOPY hello vendored/data /\n",
    });
    const [vendored, repository] = ["org/vendored", "org/product"].map((name) => repositories.path(name));
    if (vendored === undefined || repository === undefined) throw new Error("two were made");
    await commitAll(vendored, "data");
    const git = (...args: string[]) =>
      runCommand("git", ["-c", "protocol.file.allow=always", ...args], { cwd: repository });
    await git("init", "--quiet");
    await git("submodule", "--quiet", "add", vendored, "vendored");
    await commitAll(repository, "release");
    await git("tag", "v1.5.0");
    writeFileSync(repositories.path("org/product/hello"), "of today\n");
    await commitAll(repository, "today");
    const log = await run({
      ...{ ref: "refs/heads/trunk", files: { hello: "of the run\n" }, repositories: repositories.root },
      inputs: [
        ...["ref: v1.5.0", 'submodules: "true"', 'env: "SOURCE_DATE_EPOCH=1000000000\\nOTHER=1"'],
        ...["platforms: linux/amd64", "images: org/picked", "tags: picked", "push: always"],
      ],
    });
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
    const image = `${registries[0].host}/org/picked:picked`;
    expect(await fileOf(image, "hello")).toBe("of the release\n");
    expect(await fileOf(image, "data")).toBe("vendored\n");
    expect(JSON.parse(await crane(`config ${image}`))).toMatchObject({ created: "2001-09-09T01:46:40Z" });
  });

  const parca = (): Pick<Setting, "files" | "inputs"> => ({
    files: { "docker/Dockerfile": SPLIT },
    inputs: [
      ...["parca: true", "parcaRequired: true", "cargoPackage: beacon-server", "images: org/server=runtime"],
      ...[`parcaStore: ${store.address}`, `debuginfodUrl: ${store.debuginfod}`],
    ],
  });

  test("a version's tag: sets the tags that release-channel decides, and splits off and uploads debug symbols", async () => {
    addTags("v1.2.3", "v1.3.0");
    const binaries = {
      ...{ "amd64/server": "server", "amd64/server.debug": "server.debug", probe: "probe" },
      ...{ "arm64/server": "server-arm64", "arm64/server.debug": "server-arm64.debug" },
    };
    const log = await run({ ...parca(), ref: "refs/tags/v1.2.3", binaries, workspace: product });
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
    expect(await tagsOf(registries[0], "org/server")).toEqual(expect.arrayContaining(["1.2", "1.2.3"]));
    expect(await tagsOf(registries[0], "org/server")).not.toContain("latest");
    const image = `${registries[0].host}/org/server:1.2.3`;
    expect([...store.uploads.values()].map(({ finished }) => finished)).toEqual([true, true]);
    const script = await fileOf(`--platform=linux/arm64 ${image}`, "usr/local/bin/download-server-debug-symbols.sh");
    expect(script).toContain(`aarch64) build_id=${"aa".repeat(20)} ;;`);
    for (const buildId of store.uploads.keys()) expect(script).toContain(`build_id=${buildId} ;;`);
    expect(JSON.parse(await crane(`config --platform=linux/amd64 ${image}`)).config.Labels).toMatchObject({
      ...{ upload: "true", debug: "true", "org.opencontainers.image.version": "1.7.6" },
      "org.opencontainers.image.source": "https://github.com/org/product",
    });
    expect(await fileOf(image, "hack.toml")).toContain("Disabled by running `cargo hakari disable`");
    expect(await fileOf(image, "secret")).toBe(`${PARCA_TOKEN.length}\n`);
    expect(log.text).not.toContain(PARCA_TOKEN);
    expect(log.text).toContain("linux_arm64/server is shipped stripped, as runtime/linux_arm64/usr/local/bin/server");
    // A release does not use what a branch wrote to the cache (F134).
    expect(log.text).not.toContain("from gha");
  });

  test("a binary that is not stripped is not pushed", async () => {
    addTags("v1.4.0");
    const binaries = { "amd64/server": "whole", "amd64/server.debug": "server.debug", probe: "probe" };
    const { files, inputs } = parca();
    const log = await run({
      files,
      inputs: ["platforms: linux/amd64", ...inputs],
      ref: "refs/tags/v1.4.0",
      binaries,
      workspace: product,
    });
    expect(log.exitCode).not.toBe(0);
    expect(log.text).toContain("runtime/usr/local/bin/server is not stripped");
    expect(await tagsOf(registries[0], "org/server")).not.toContain("1.4.0");
    expect(store.calls).toEqual([]);
  });
});

interface IndexEntry {
  readonly digest: string;
  readonly platform: { readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}
