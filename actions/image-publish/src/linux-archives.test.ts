import { describe, expect, test } from "@jest/globals";
import { parseVersion } from "@release-actions/channel";
import type { Artifact, Release } from "@release-actions/dist-plan";
import { linuxArchives } from "./linux-archives.ts";

const release = (...targets: string[]): Release => ({
  app: "widget",
  version: parseVersion("1.2.3"),
  displayName: "widget",
  hosting: undefined,
  downloadBases: [],
  artifacts: targets.map(
    (target): Artifact => ({
      name: `widget-${target}.tar.xz`,
      kind: "executable-zip",
      targets: [target],
      sha256: undefined,
      programs: [],
      installHint: undefined,
      description: undefined,
    }),
  ),
});

describe("linuxArchives", () => {
  test("selects one archive for each image platform and ignores the others", () => {
    const targets = [
      "x86_64-apple-darwin",
      "aarch64-unknown-linux-gnu",
      "x86_64-unknown-linux-gnu",
      "x86_64-pc-windows-msvc",
      "armv7-unknown-linux-gnueabihf",
      "aarch64-linux-android",
    ];
    expect(linuxArchives(release(...targets)).map(({ platform, target }) => [platform, target])).toEqual([
      ["linux/amd64", "x86_64-unknown-linux-gnu"],
      ["linux/arm/v7", "armv7-unknown-linux-gnueabihf"],
      ["linux/arm64", "aarch64-unknown-linux-gnu"],
    ]);
  });

  test("prefers musl archives, in whatever order the plan lists them", () => {
    const targets = ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"];
    for (const order of [targets, targets.toReversed()]) {
      expect(linuxArchives(release(...order)).map(({ target }) => target)).toEqual(["x86_64-unknown-linux-musl"]);
    }
  });

  test("refuses a release without an archive for Linux", () => {
    expect(() => linuxArchives(release("x86_64-apple-darwin"))).toThrow("the plan has no archive of widget for Linux");
  });
});
