import { describe, expect, test } from "@jest/globals";
import type { RunEvent } from "./event.ts";
import { planImage } from "./plan-image.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const BRANCH: RunEvent = {
  ...{ name: "push", repository: "Acme/Product", ref: "refs/heads/trunk", sha: SHA, defaultBranch: "trunk" },
  ...{ workspace: "/work", temp: "/temp" },
};
const PULL: RunEvent = { ...BRANCH, name: "pull_request", ref: "refs/pull/7/merge" };
const TAG: RunEvent = { ...BRANCH, ref: "refs/tags/v1.2.3" };

type Inputs = Parameters<typeof planImage>[0];
const INPUTS: Inputs = {
  ...{ images: [], registry: "ghcr.io", "docker-hub": false, "docker-hub-registry": "docker.io", push: "auto" },
  ...{ tags: [], platforms: ["linux/amd64"], debug: false, parca: false, individually: false, features: undefined },
  ...{ "features-argument": "RESTATE_FEATURES", "cargo-package": undefined },
};
const plan = (inputs: Partial<Inputs> = {}, event = BRANCH) =>
  planImage({ ...INPUTS, ...inputs }, event, (name) => (name === "server" ? "1.5.0" : "none"));

describe("planImage", () => {
  test("a push to the default branch is pushed for both platforms, under the commit and the branch", () => {
    expect(plan()).toEqual({
      ...{ push: true, images: ["ghcr.io/acme/product"], tags: [SHA, "trunk"], version: undefined },
      ...{ platforms: ["linux/arm64", "linux/amd64"], labels: [], exports: [] },
      buildArgs: ["CARGO_PROFILE_RELEASE_DEBUG=false", "UPLOAD_DEBUGINFO=false", "BUILD_INDIVIDUALLY=false"],
    });
  });

  test.each<[string, RunEvent, object]>([
    ["a pull request", PULL, { push: false, tags: [SHA, "7-merge"], platforms: ["linux/amd64"] }],
    ["another branch", { ...BRANCH, ref: "refs/heads/fix/a#1" }, { push: false, tags: [SHA, "fix-a-1"] }],
    ["a branch called as a dispatch", { ...BRANCH, name: "workflow_dispatch" }, { push: false }],
    ["an event without a default branch", { ...BRANCH, defaultBranch: undefined }, { push: false }],
    ["a name that no tag starts with", { ...BRANCH, ref: "refs/heads/.-x" }, { tags: [SHA, "x"] }],
  ])("%s", (_case, event, expected) => {
    expect(plan({}, event)).toMatchObject(expected);
  });

  test("a version's tag is placed by release-channel, and never takes the commit's tag", () => {
    expect(plan({}, TAG)).toMatchObject({
      ...{ push: true, tags: [], version: "1.2.3", platforms: ["linux/amd64"] },
      labels: ["org.opencontainers.image.version=1.2.3"],
    });
    expect(plan({}, { ...TAG, ref: "refs/tags/nightly" })).toMatchObject({
      push: true,
      tags: ["nightly"],
      version: undefined,
    });
    expect(plan({ tags: ["1.2", "edge"] }, TAG)).toMatchObject({ tags: ["1.2", "edge"], version: undefined });
    expect(plan({ push: "never" }, TAG)).toMatchObject({ push: false, version: "1.2.3" });
  });

  test("several images, each in both registries", () => {
    expect(plan({ images: ["acme/server=runtime", "acme/cli"], "docker-hub": true }).images).toEqual([
      "ghcr.io/acme/server=runtime",
      "docker.io/acme/server=runtime",
      "ghcr.io/acme/cli",
      "docker.io/acme/cli",
    ]);
    expect(plan({ "docker-hub": true }, PULL).images).toEqual(["ghcr.io/acme/product"]);
    expect(plan({ registry: "127.0.0.1:5000" }).images).toEqual(["127.0.0.1:5000/acme/product"]);
  });

  test("build arguments and labels", () => {
    const inputs = { debug: true, individually: true, features: "a,b", "features-argument": "FEATURES" };
    expect(plan({ ...inputs, "cargo-package": "server" })).toMatchObject({
      buildArgs: [
        "CARGO_PROFILE_RELEASE_DEBUG=true",
        "UPLOAD_DEBUGINFO=false",
        "BUILD_INDIVIDUALLY=true",
        "FEATURES=a,b",
      ],
      labels: ["org.opencontainers.image.version=1.5.0"],
    });
  });

  test("with parca debug information is made, taken out, and looked for in what is shipped", () => {
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
    ["debug and parca", { debug: true, parca: true }, /both `debug` and `parca`/],
    ["an image with a tag", { images: ["acme/server:1"] }, /expected a name without registry and tag/],
    ["an image that is an option (F143)", { images: ["--privileged"] }, /is not an image reference/],
    ["two stages", { images: ["a/b=c=d"] }, /expected name=stage/],
  ])("refuses %s", (_case, inputs, message) => {
    expect(() => plan(inputs)).toThrow(message);
  });
});
