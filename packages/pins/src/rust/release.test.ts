import { describe, expect, test } from "@jest/globals";
import { parseRelease, sameRelease } from "./release.ts";

describe("parseRelease", () => {
  test.each<[string, string | undefined]>([
    ["1.95.0", "fixed 1.95.0"],
    [" 1.95 ", "fixed 1.95"],
    ["v1.95.0", "fixed 1.95.0"],
    ["1.95.0-x86_64-unknown-linux-gnu", "fixed 1.95.0"],
    ["1.95.0-aarch64-apple-darwin", "fixed 1.95.0"],
    ["1.95.0-beta.3", "fixed 1.95.0-beta.3"],
    ["1.95.0-beta", "fixed 1.95.0-beta"],
    ["1.95.0-nightly", "fixed 1.95.0-nightly"],
    ["nightly-2026-10-01", "dated nightly nightly-2026-10-01"],
    ["beta-2026-10-01", "dated beta beta-2026-10-01"],
    ["stable-2026-10-01", "dated stable stable-2026-10-01"],
    ["nightly-2026-10-01-x86_64-pc-windows-msvc", "dated nightly nightly-2026-10-01"],
    ["stable", "floating stable stable"],
    ["beta", "floating beta beta"],
    ["nightly-i686-pc-windows-gnu", "floating nightly nightly"],
    ["latest", "floating latest latest"],
    ["stable minus 2 releases", "floating stable stable minus 2 releases"],
    ["stable 6 months ago", "floating stable stable 6 months ago"],
    ["1", "floating 1 1"],
    ["my-nightly-2026-10-01", undefined],
    ["nightly-2026-10-01-dirty", undefined],
    ["nightly-x86_64-pc-windows-msvc-2026-10-01", undefined],
    ["unstable", undefined],
    ["stable-ish", undefined],
    ["2.1", undefined],
    ["3.12.0", undefined],
    ["1.95.0-rc.1", undefined],
    ["1.95.0-prebeta", undefined],
    ["1.95.0-bookworm", undefined],
    ["none", undefined],
    ["esp", undefined],
    ["", undefined],
  ])("%j is %s", (text, expected) => {
    const release = parseRelease(text);
    const channel = release === undefined || release.kind === "fixed" ? [] : [release.channel];
    expect(release && [release.kind, ...channel, release.text].join(" ")).toBe(expected);
  });
});

test.each([
  ["1.95", "1.95.0", true],
  ["1.95.0", "1.95.1", false],
  ["1.94", "1.95.0", false],
  ["1.95.0-beta", "1.95.0", false],
])("%s and %s are the same release: %s", (a, b, same) => {
  const [left, right] = [parseRelease(a), parseRelease(b)];
  expect(left && right && sameRelease(left, right)).toBe(same);
});
