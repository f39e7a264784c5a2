import { describe, expect, test } from "@jest/globals";
import { parseImage, promisedRust, tagVersion, whyFloating } from "./image.ts";
import { compareExactness, compareVersions, inStyleOf, parseVersion } from "./version.ts";

describe("versions", () => {
  test.each([
    ["1.95.0", "1.95.0", "same"],
    ["v1.95.0", "1.95.0", "same"],
    ["1.95", "1.95.0", "agree"],
    ["1", "1.95", "agree"],
    ["1.94", "1.95.0", "differ"],
    ["1.7.6", "1.7.6-rc.1", "differ"],
    ["1.7.6", "1.7.6+hotfix.1", "differ"],
    ["stable", "stable", "same"],
    ["stable", "1.95.0", "differ"],
  ])("%s and %s: %s", (a, b, agreement) => {
    expect(compareExactness(a, b)).toBe(agreement);
  });

  test("are ordered as in semver", () => {
    const ordered = [
      "1.0.0-1",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0",
      "1.0.1",
      "1.10.0",
      "2",
    ];
    const parsed = ordered.map((text) => ({ text, version: parseVersion(text) ?? fail(text) }));
    const sorted = [...parsed].reverse().sort((a, b) => compareVersions(a.version, b.version));
    expect(sorted.map(({ text }) => text)).toEqual(ordered);
  });

  test.each([
    ["1.94", "1.95.0", "1.95"],
    ["v1.94.0", "1.95.0", "v1.95.0"],
    ["1.94.0", "1.95.0", "1.95.0"],
    ["1.7", "1.8.0-rc.1", "1.8.0-rc.1"],
    ["stable", "1.95.0", "1.95.0"],
    ["1.94.0", "stable", "stable"],
  ])("%s becomes %s as %s", (follower, leader, result) => {
    expect(inStyleOf(follower, leader)).toBe(result);
  });

  test.each([["1.2.3.4"], ["1..2"], [""], ["latest"], ["1.x"], ["2026-11-20"]])("%j is not a version", (text) => {
    expect(parseVersion(text)).toEqual(
      text === "2026-11-20" ? { numbers: [2026], prerelease: "11-20", build: "" } : undefined,
    );
  });
});

describe("images", () => {
  test.each<[string, string | undefined]>([
    ["rust:1.95.0-bookworm", "1.95.0"],
    ["docker.io/library/rust:1.95", "1.95"],
    ["registry.example.org:5000/mirror/rust:1.95.0-slim", "1.95.0"],
    ["lukemathwalker/cargo-chef:latest-rust-1.94.0-trixie", "1.94.0"],
    ["clux/muslrust:1.88.0-stable", "1.88.0"],
    ["cimg/rust:1.90.0", "1.90.0"],
    ["rust:bookworm", "floating"],
    ["rust:1-slim", "floating"],
    ["rust", "floating"],
    ["lukemathwalker/cargo-chef:latest-rust-slim-trixie", "floating"],
    ["mcr.microsoft.com/devcontainers/rust:2-1", undefined],
    ["mcr.microsoft.com/devcontainers/rust:1-1-bookworm", undefined],
    ["ghcr.io/example/rust:2.4.1", undefined],
    ["rustlang/rust:nightly", undefined],
    ["ghcr.io/example/dev-tools:1.95.0", undefined],
    ["ghcr.io/example/trust:1.95.0", undefined],
  ])("%s contains Rust %s", (text, version) => {
    const promised = promisedRust(parseImage(text) ?? fail(text));
    expect(promised?.kind === "release" ? promised.version : promised?.kind).toBe(version);
  });

  test.each([
    ["debian", "it has neither tag nor digest"],
    ["debian:latest", "the tag latest moves"],
    ["ghcr.io/o/i:main", "the tag main moves"],
    ["debian:bookworm-slim", undefined],
    [`debian@sha256:${"0".repeat(64)}`, undefined],
    ["localhost:5000/i", "it has neither tag nor digest"],
  ])("%s has a floating tag: %s", (text, why) => {
    expect(whyFloating(parseImage(text) ?? fail(text))).toBe(why);
  });

  test.each([
    ["1.14.3", "1.14.3"],
    ["v2", "2"],
    ["1.95-bookworm", "1.95"],
    ["20261120", undefined],
    ["1a2b3c", undefined],
    ["bookworm", undefined],
  ])("the tag %s has version %s", (tag, version) => {
    expect(tagVersion(tag)).toBe(version);
  });
});

function fail(text: string): never {
  throw new Error(`${text} was not read`);
}

test.each([
  ["1.0.0-1", "1.0.0-alpha", -1],
  ["1.0.0-alpha", "1.0.0-1", 1],
  ["1.0.0-a.1", "1.0.0-a.1.0", -1],
  ["1.0.0-a.1.0", "1.0.0-a.1", 1],
  ["1.0.0-b", "1.0.0-a", 1],
  ["1.0.0-2", "1.0.0-10", -1],
  ["1.0.0-rc1", "1.0.0-rc1", 0],
  ["1.0.0+b", "1.0.0+a", 0],
  ["1.0", "1.0.0", 0],
  ["1", "1.0.1", -1],
])("%s and %s: %d", (a, b, expected) => {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  expect(left && right && Math.sign(compareVersions(left, right))).toBe(expected);
});

test.each([
  ["v1.7", "1.8.0+build", "v1.8.0+build"],
  ["1.7", "v1.8.0-rc.1", "1.8.0-rc.1"],
  ["1", "1.8.0", "1"],
  ["1.7.6", "1.8", "1.8"],
])("%s becomes %s as %s", (follower, leader, result) => {
  expect(inStyleOf(follower, leader)).toBe(result);
});
