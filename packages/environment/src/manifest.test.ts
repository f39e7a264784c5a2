import { describe, expect, test } from "@jest/globals";
import { parseToml } from "@release-actions/toml";
import { lockChanges } from "./changes.ts";
import { manifestDrift } from "./drift.ts";
import { FULL } from "./fixture.ts";
import type { EnvironmentLock } from "./lock.ts";
import { parseManifest } from "./manifest.ts";

const MANIFEST = `manifest_version = 1
[base]
image = " rolling "
[system]
packages = ["vim", " git", "vim"]
[gui]
apps = ["firefox"]
[hardware]
gpu = true
[mounts]
src = "/home/me/src:/src"
[runtime]
backend = "MOCK"
network_isolation = true
[runtime.resource_limits]
cpu_shares = 512
`;

function parse(text: string): ReturnType<typeof parseManifest> {
  return parseManifest(parseToml(text, "karapace.toml"));
}

describe("parseManifest", () => {
  test("trims and sorts values, removes duplicates and converts the backend's name to lower case", () => {
    const { manifest, problems } = parse(MANIFEST);
    expect(problems).toEqual([]);
    expect(manifest).toMatchObject({ baseImage: "rolling", packages: ["git", "vim"], backend: "mock", audio: false });
  });

  test("uses defaults for everything but the version and the image", () => {
    const { manifest, problems } = parse('manifest_version = 1\n[base]\nimage = "x"\n');
    expect(problems).toEqual([]);
    expect(manifest).toEqual({
      baseImage: "x",
      packages: [],
      apps: [],
      gpu: false,
      audio: false,
      mounts: [],
      backend: "namespace",
      networkIsolation: false,
    });
  });

  test.each([
    ["another version", MANIFEST.replace("= 1\n", "= 2\n"), /`manifest_version` is 2, expected 1/, 1],
    ["no base", "manifest_version = 1\n", /`base` is missing, expected a table with `image`/, 1],
    ["an empty image", MANIFEST.replace("rolling", ""), /`base\.image` is empty/, 3],
    [
      "an unknown key",
      MANIFEST.replace("gpu", "gpus"),
      /`hardware\.gpus` is not a known key; expected one of gpu, audio/,
      9,
    ],
    ["an unknown table", `${MANIFEST}[network]\n`, /`network` is not a known key/, 17],
    [
      "a mount without a target",
      MANIFEST.replace(":/src", ""),
      /mount `src` is "\/home\/me\/src", expected "<host>:<container>"/,
      11,
    ],
    ["a limit of 0", MANIFEST.replace("512", "0"), /`runtime\.resource_limits\.cpu_shares` is integer 0/, 16],
    [
      "packages as a string",
      MANIFEST.replace('["vim", " git", "vim"]', '"vim"'),
      /`system\.packages` is string vim, expected a list of strings/,
      5,
    ],
  ])("refuses %s, at its line", (_name, text, message, line) => {
    expect(parse(text).problems).toEqual([
      expect.objectContaining({ message: expect.stringMatching(message), location: expect.objectContaining({ line }) }),
    ]);
  });
});

describe("manifestDrift", () => {
  test("finds no drift when everything declared is locked", () => {
    expect(manifestDrift(parse(MANIFEST).manifest, FULL)).toEqual([]);
  });

  test.each<[string, Partial<EnvironmentLock>, string, string | null, string | null]>([
    ["the base image", { baseImage: "old" }, "base image", "rolling", "old"],
    ["the backend", { backend: "oci" }, "backend", "mock", "oci"],
    [
      "a package that was removed",
      { packages: [...FULL.packages, { name: "zip", version: "1" }] },
      "package zip",
      null,
      "present",
    ],
    ["a package that was added", { packages: FULL.packages.slice(1) }, "package git", "present", null],
    ["an app (B110)", { apps: [] }, "app firefox", "present", null],
    ["the hardware", { audio: true }, "audio", "false", "true"],
    ["a mount", { mounts: [] }, "mount src", "/home/me/src:/src", null],
    ["the network", { networkIsolation: false }, "network isolation", "true", "false"],
    ["a limit (B110)", { cpuShares: "256" }, "cpu shares", "512", "256"],
    ["a limit that only the lock has (B110)", { memoryLimitMb: "64" }, "memory limit", null, "64"],
  ])("names %s", (_name, changes, field, declared, locked) => {
    expect(manifestDrift(parse(MANIFEST).manifest, { ...FULL, ...changes })).toEqual([{ field, declared, locked }]);
  });
});

describe("lockChanges", () => {
  test("explains for each field why an id changed", () => {
    const after = { ...FULL, packages: [{ name: "git", version: "2.46" }], gpu: false };
    expect(lockChanges(FULL, after)).toEqual([
      { field: "package git", before: "2.45", after: "2.46" },
      { field: "package vim", before: "9.1", after: null },
      { field: "hardware_gpu", before: "true", after: "false" },
    ]);
  });

  test("names the order of a list when only the order changed", () => {
    const after = { ...FULL, packages: [...FULL.packages].reverse() };
    expect(lockChanges(FULL, after)).toEqual([{ field: "order of a list", before: "sorted", after: "not sorted" }]);
    expect(lockChanges(FULL, { ...FULL, envId: "0".repeat(64) })).toEqual([]);
  });
});
