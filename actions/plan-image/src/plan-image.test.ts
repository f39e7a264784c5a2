import { describe, expect, test } from "@jest/globals";
import type { RunEvent } from "./event.ts";
import { planImage } from "./plan-image.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const BRANCH: RunEvent = {
  name: "push",
  repository: "Acme/Product",
  ref: "refs/heads/trunk",
  sha: SHA,
  defaultBranch: "trunk",
  workspace: "/work",
  temp: "/temp",
};
const PULL: RunEvent = { ...BRANCH, name: "pull_request", ref: "refs/pull/7/merge" };
const TAG: RunEvent = { ...BRANCH, ref: "refs/tags/v1.2.3" };

type Inputs = Parameters<typeof planImage>[0];
const INPUTS: Inputs = {
  images: [],
  registry: "ghcr.io",
  "docker-hub": false,
  "docker-hub-registry": "docker.io",
  push: "auto",
  tags: [],
  platforms: ["linux/amd64"],
  debug: false,
  parca: false,
  individually: false,
  features: undefined,
  "features-argument": "RESTATE_FEATURES",
  "cargo-package": undefined,
  "tag-family": undefined,
  "tag-rules": [],
  flavor: [],
  target: undefined,
  ref: undefined,
  runners: undefined,
  "build-args": undefined,
  "artifact-platform": undefined,
};
const rules = (...tags: readonly string[]): string[] => tags.map((tag) => `type=raw,value=${tag}`);
const plan = (inputs: Partial<Inputs> = {}, event = BRANCH) =>
  planImage({ ...INPUTS, ...inputs }, event, (name) => (name === "server" ? "1.5.0" : "none"));

describe("planImage", () => {
  test("pushes the image of a push to the default branch under the commit and the branch, for the requested platforms", () => {
    expect(plan()).toEqual({
      push: true,
      images: ["ghcr.io/acme/product"],
      tagRules: rules(SHA, "trunk"),
      version: undefined,
      names: ["ghcr.io/acme/product"],
      flavor: ["latest=false"],
      builds: [],
      platforms: ["linux/amd64"],
      labels: [],
      exports: [],
      note: undefined,
      buildArgs: ["CARGO_PROFILE_RELEASE_DEBUG=false", "UPLOAD_DEBUGINFO=false", "BUILD_INDIVIDUALLY=false"],
    });
  });

  test.each<[string, RunEvent, object]>([
    ["a pull request", PULL, { push: false, tagRules: rules(SHA, "7-merge"), platforms: ["linux/amd64"] }],
    ["another branch", { ...BRANCH, ref: "refs/heads/fix/a#1" }, { push: false, tagRules: rules(SHA, "fix-a-1") }],
    ["a branch that is built by workflow_dispatch", { ...BRANCH, name: "workflow_dispatch" }, { push: false }],
    ["an event that does not name a default branch", { ...BRANCH, defaultBranch: undefined }, { push: false }],
    ["a branch whose name begins with _", { ...BRANCH, ref: "refs/heads/_wip" }, { tagRules: rules(SHA, "_wip") }],
    [
      "a branch whose name ends in a dash",
      { ...BRANCH, ref: "refs/heads/fix/issue-12-" },
      { tagRules: rules(SHA, "fix-issue-12-") },
    ],
    ["a branch name that cannot become a tag", { ...BRANCH, ref: "refs/heads/.-" }, { tagRules: rules(SHA) }],
    [
      "a branch name whose first characters cannot start a tag",
      { ...BRANCH, ref: "refs/heads/.-x" },
      { tagRules: rules(SHA, "x") },
    ],
  ])("%s", (_case, event, expected) => {
    expect(plan({}, event)).toMatchObject(expected);
  });

  test("leaves the tags of a version to release-channel, and never adds the commit's tag", () => {
    expect(plan({}, TAG)).toMatchObject({
      push: true,
      tagRules: [],
      version: "1.2.3",
      platforms: ["linux/amd64"],
      labels: ["org.opencontainers.image.version=1.2.3"],
    });
    expect(plan({}, { ...TAG, ref: "refs/tags/nightly" })).toMatchObject({
      push: true,
      tagRules: rules("nightly"),
      version: undefined,
    });
    expect(plan({ tags: ["1.2", "edge"] }, TAG)).toMatchObject({ tagRules: rules("1.2", "edge"), version: undefined });
    expect(plan({ push: "never" }, TAG)).toMatchObject({ push: false, version: "1.2.3" });
  });

  test.each<[string, Partial<Inputs>, string, string | undefined]>([
    ["of the repository's name", {}, "product-v1.2.3", "1.2.3"],
    ["of the image's name", { images: ["acme/server"] }, "server/1.2.3", "1.2.3"],
    ["of the package's name", { "cargo-package": "server" }, "server-1.2.3", "1.2.3"],
    ["of the named family", { "tag-family": "engine-" }, "engine-v1.2.3", "1.2.3"],
    ["of the named family, with the v", { "tag-family": "engine-v" }, "engine-v1.2.3", "1.2.3"],
    ["of a chart", {}, "chart-2.0.0", undefined],
    ["of a product whose name ends in the repository's name", {}, "my-product-2.0.0", undefined],
    ["without a family when the input names one", { "tag-family": "engine-" }, "v1.2.3", undefined],
  ])("a tag %s", (_case, inputs, tag, version) => {
    const found = plan(inputs, { ...BRANCH, ref: `refs/tags/${tag}` });
    expect(found).toMatchObject({ push: version !== undefined, version });
    if (version !== undefined) return;
    // The image is still built, so that tests can use it, but only under the tag's own name.
    expect(found.tagRules).toEqual(rules(tag.replace("/", "-")));
    expect(found.note).toContain(`The tag ${tag} releases`);
  });

  test.each<[string, RunEvent, object]>([
    ["a release", { ...TAG, name: "release" }, { push: true, version: "1.2.3" }],
    ["a schedule", { ...BRANCH, name: "schedule" }, { push: true, tagRules: rules(SHA, "trunk") }],
    [
      "a release branch",
      { ...BRANCH, ref: "refs/heads/release-1.5" },
      { push: true, tagRules: rules(SHA, "release-1.5") },
    ],
    [
      "a tag of another product, under its own name",
      { ...TAG, ref: "refs/tags/chart-2.0.0" },
      { push: true, tagRules: rules("chart-2.0.0") },
    ],
  ])("pushes %s when `push` is `always`", (_case, event, expected) => {
    expect(plan({ push: "always" }, event)).toMatchObject(expected);
    expect(plan({}, { ...event, name: event.name === "push" ? "merge_group" : event.name })).toMatchObject({
      push: false,
    });
  });

  test("replaces the branch's rules with those of the input, and prefixes the tags of debug builds", () => {
    const own = ["type=semver,pattern={{version}}", "type=edge"];
    expect(plan({ "tag-rules": own }).tagRules).toEqual([...rules(SHA), ...own]);
    expect(plan({ debug: true, flavor: ["suffix=-x"] }).flavor).toEqual(["latest=false", "prefix=debug-", "suffix=-x"]);
  });

  test.each<[string, string, readonly object[]]>([
    [
      "a mapping on one line",
      "{ linux/amd64: ubuntu-latest, linux/arm64: ubuntu-24.04-arm }",
      [
        { name: "linux-amd64", platforms: "linux/amd64", runner: "ubuntu-latest", artifact: true },
        { name: "linux-arm64", platforms: "linux/arm64", runner: "ubuntu-24.04-arm", artifact: false },
        { name: "others", platforms: "linux/arm/v7", runner: "", artifact: false },
      ],
    ],
    [
      "labels as a list",
      "linux/amd64: [self-hosted, x64]",
      [
        { name: "linux-amd64", platforms: "linux/amd64", runner: '["self-hosted","x64"]', artifact: true },
        { name: "others", platforms: "linux/arm64,linux/arm/v7", runner: "", artifact: false },
      ],
    ],
    [
      "another spelling of a platform, and no runner for the artifact's platform",
      "linux/aarch64: arm",
      [
        { name: "linux-amd64", platforms: "linux/amd64", runner: "", artifact: true },
        { name: "linux-arm64", platforms: "linux/arm64", runner: "arm", artifact: false },
        { name: "others", platforms: "linux/arm/v7", runner: "", artifact: false },
      ],
    ],
  ])("distributes platforms over runners: %s", (_case, runners, builds) => {
    const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
    expect(plan({ runners, platforms, "artifact-platform": "linux/amd64" }).builds).toEqual(builds);
  });

  test("does not give a platform its own job when no artifact is requested", () => {
    const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
    expect(plan({ runners: "linux/arm64: arm", platforms }).builds).toEqual([
      { name: "linux-arm64", platforms: "linux/arm64", runner: "arm", artifact: false },
      { name: "others", platforms: "linux/amd64,linux/arm/v7", runner: "", artifact: false },
    ]);
  });

  test("names each of several images in both registries", () => {
    expect(plan({ images: ["acme/server=runtime", "acme/cli"], "docker-hub": true }).images).toEqual([
      "ghcr.io/acme/server=runtime",
      "docker.io/acme/server=runtime",
      "ghcr.io/acme/cli",
      "docker.io/acme/cli",
    ]);
    expect(plan({ "docker-hub": true }, PULL).images).toEqual(["ghcr.io/acme/product"]);
    expect(plan({ registry: "127.0.0.1:5000" }).images).toEqual(["127.0.0.1:5000/acme/product"]);
  });

  test("passes on build arguments and labels", () => {
    const inputs = { debug: true, individually: true, features: "a,b", "features-argument": "FEATURES" };
    const lines = 'A=1\n"B=two\n  lines"';
    expect(plan({ ...inputs, "build-args": lines, "cargo-package": "server" })).toMatchObject({
      buildArgs: [
        "CARGO_PROFILE_RELEASE_DEBUG=true",
        "UPLOAD_DEBUGINFO=false",
        "BUILD_INDIVIDUALLY=true",
        lines,
        "FEATURES=a,b",
      ],
      labels: ["org.opencontainers.image.version=1.5.0"],
    });
  });

  test("with `parca`, builds and exports debug information, and exports the shipped files to check for it", () => {
    expect(plan({ parca: true, images: ["a/server=runtime", "a/cli=runtime", "a/all"] })).toMatchObject({
      buildArgs: expect.arrayContaining(["CARGO_PROFILE_RELEASE_DEBUG=true", "UPLOAD_DEBUGINFO=true"]),
      exports: [
        "debug-symbols=/temp/debug-symbols/exported",
        "runtime=/temp/debug-symbols/shipped/runtime",
        "=/temp/debug-symbols/shipped/last",
      ],
    });
  });

  test.each<[string, Partial<Inputs>, RegExp]>([
    [
      "a runner for a platform that is not built",
      { runners: "linux/s390x: z" },
      /has linux\/s390x, which is not among/,
    ],
    [
      "an artifact for a platform that is not built",
      { runners: "linux/amd64: a", "artifact-platform": "linux/arm64" },
      /the platform of the artifact is linux\/arm64, which is not among the platforms linux\/amd64/,
    ],
    ["runners that are not a mapping", { runners: "ubuntu-latest" }, /is not a mapping/],
    ["debug and parca", { debug: true, parca: true }, /both `debug` and `parca`/],
    ["an image with a tag", { images: ["acme/server:1"] }, /expected a name without registry and tag/],
    ["an image name that is a command-line option (F143)", { images: ["--privileged"] }, /is not an image reference/],
    ["two stages", { images: ["a/b=c=d"] }, /expected name=stage/],
  ])("refuses %s", (_case, inputs, message) => {
    expect(() => plan(inputs)).toThrow(message);
  });
});
