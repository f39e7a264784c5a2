import { describe, expect, test } from "@jest/globals";
import { type Channel, parseVersion } from "@release-actions/channel";
import { fixtureSha256, makeFormula } from "./formula-fixture.ts";
import { compareWithTap, isDeadEnd } from "./tap-change.ts";
import { readTapFormula } from "./tap-formula.ts";

const candidate = (version: string, text = makeFormula({ version }), channel: Channel = "stable") => ({
  file: "widget.rb",
  version: parseVersion(version),
  text,
  channel,
});
const kind = (version: string, current: string | undefined, text?: string): string =>
  compareWithTap(candidate(version, text), current, false).kind;

const INTEL_MAC = /\n {4}if Hardware::CPU.intel\?\n.*darwin.*\n.*\n {4}end/;
const swap = (text: string, left: string, right: string): string =>
  text.replace(left, "X").replace(right, left).replace("X", right);

describe("compareWithTap", () => {
  test.each<[name: string, version: string, current: string | undefined, kind: string]>([
    ["a formula that the tap does not have", "1.2.3", undefined, "add"],
    ["the same formula", "1.2.3", makeFormula(), "same"],
    ["a higher version", "1.2.4", makeFormula(), "update"],
    ["a release after its candidate", "1.2.3", makeFormula({ version: "1.2.3-rc.1" }), "update"],
    [
      "the same downloads at a different address",
      "1.2.3",
      makeFormula({ base: "https://acme.gateway.scarf.sh/v1.2.3" }),
      "touch-up",
    ],
    ["an added platform", "1.2.3", makeFormula().replace(INTEL_MAC, ""), "touch-up"],
    ["a lower version", "1.2.3", makeFormula({ version: "1.3.1" }), "refused"],
    ["a candidate after its release", "1.2.3-rc.1", makeFormula(), "refused"],
    ["the same version with different bytes", "1.2.3", makeFormula({ build: "again" }), "refused"],
    ["a hotfix, which Homebrew orders above its version", "1.2.3+hotfix.1", makeFormula({ build: "before" }), "update"],
    ["a version after its hotfix", "1.2.3", makeFormula({ version: "1.2.3+hotfix.1" }), "refused"],
    [
      "a version after a nightly build of it, which Homebrew orders above it",
      "1.2.3",
      makeFormula({ version: "1.2.3-nightly.1" }),
      "refused",
    ],
    [
      "a nightly build after a release, which Homebrew would never upgrade",
      "1.2.4-nightly.1",
      makeFormula(),
      "refused",
    ],
    [
      "a nightly build in a formula of nightly builds",
      "1.2.4-nightly.2",
      makeFormula({ version: "1.2.4-nightly.1" }),
      "update",
    ],
    ["a formula without a version", "1.2.3", "class Widget < Formula\nend\n", "refused"],
    ["a file that is not a formula", "1.2.3", "<<<<<<< HEAD\n", "refused"],
  ])("classifies %s", (_name, version, current, expected) => {
    expect(kind(version, current)).toBe(expected);
  });

  test("notices swapped checksums of two platforms", () => {
    const [arm, intel] = ["aarch64", "x86_64"].map((cpu) => fixtureSha256(`widget-${cpu}-apple-darwin.tar.xz`));
    const swapped = swap(makeFormula(), arm ?? "", intel ?? "");
    expect(compareWithTap(candidate("1.2.3"), swapped, false)).toMatchObject({
      kind: "refused",
      reason:
        "widget.rb is in the tap at 1.2.3 with other checksums for macos arm, macos intel: users who installed it have other bytes",
    });
    expect(compareWithTap(candidate("1.2.3"), swapped, true).kind).toBe("republish");
  });

  test("notices a removed platform, and a source download that becomes a binary", () => {
    expect(kind("1.2.3", makeFormula(), makeFormula().replace(INTEL_MAC, ""))).toBe("refused");
    const source =
      'class Widget < Formula\n  url "https://github.com/acme/widget/archive/refs/tags/v1.2.3.tar.gz"\n  sha256 "aa"\nend\n';
    expect(kind("1.2.3", source)).toBe("refused");
  });

  test("publishes different bytes of a version only when requested", () => {
    expect(compareWithTap(candidate("1.2.3"), makeFormula({ build: "again" }), true).kind).toBe("republish");
    expect(compareWithTap(candidate("1.2.3"), makeFormula({ version: "1.3.1" }), true).kind).toBe("refused");
  });

  test.each([
    ["a dependency", "  license", '  depends_on "openssl@3"\n  license'],
    ["another description", "Widgets for everybody", "Widgets for all of us"],
    ["a revision", '  license "MIT"', '  license "MIT"\n  revision 1'],
    ["a comment", "  def install\n", "  # Keep this\n  def install\n"],
    [
      "another step of the installation",
      '      bin.install "widget"\n',
      '      bin.install "widget"\n      man1.install "w.1"\n',
    ],
  ])("keeps %s that a person added to the published version", (_name, from, to) => {
    const edited = makeFormula().replace(from, to);
    expect(edited).not.toBe(makeFormula());
    expect(kind("1.2.3", edited)).toBe("kept");
    expect(compareWithTap(candidate("1.2.3"), edited, true).kind).toBe("republish");
  });

  test("lists manual additions that a new version lacks", () => {
    const edited = makeFormula().replace(
      "  license",
      '  depends_on "openssl@3"\n  test do\n    system "x"\n  end\n  license',
    );
    expect(compareWithTap(candidate("1.2.4"), edited, false)).toEqual({
      kind: "update",
      from: "1.2.3",
      lost: ["depends_on openssl@3", "test do"],
    });
  });

  test("gives the reason of each refusal, and says what to do", () => {
    const refusal = (version: string, current: string): unknown => compareWithTap(candidate(version), current, false);
    expect(refusal("1.2.3", "class Widget < Formula\nend\n")).toEqual({
      kind: "refused",
      reason: "widget.rb is in the tap, but its version there is unknown",
      advice: "Edit the formula in the tap, or remove it there.",
    });
    expect(refusal("1.2.3", makeFormula({ version: "1.3.1" }))).toMatchObject({
      reason: "widget.rb is in the tap at 1.3.1, and 1.2.3 is lower in Homebrew's order",
    });
    expect(refusal("1.2.4-nightly.1", makeFormula())).toEqual({
      kind: "refused",
      reason: "Homebrew orders 1.2.4-nightly.1 above 1.2.4: users who got it from widget.rb would never get 1.2.4",
      advice:
        "Name it with alpha, beta, pre or rc (1.2.4-beta.1), publish it under a formula of its own, or set `prerelease: skip`.",
    });
    expect(refusal("1.2.3", makeFormula({ build: "again" }))).toMatchObject({
      advice: "Release a new version. If the old downloads are gone for good, set `republish: true`.",
    });
    expect(refusal("1.2.3", makeFormula().replace("  license", '  depends_on "x"\n  license'))).toEqual({
      kind: "kept",
      reason: "the tap has it with the same downloads and additional lines, such as `depends_on x`",
    });
  });

  test.each([
    "uses_from_macos",
    "conflicts_with",
    "livecheck",
    "deprecate!",
    "link_overwrite",
    "skip_clean",
    "option",
    "bottle",
    "head",
    "patch",
    "service",
  ])("lists `%s` as lost in a new version, but not similar words", (directive) => {
    const word = directive.replace("!", "");
    const edited = makeFormula().replace(
      "  license",
      `  ${directive} "x"\n  ${word}ish "y"\n  x ${directive}, "z"\n  license`,
    );
    const change = compareWithTap(candidate("1.2.4"), edited, false);
    expect(change).toEqual({ kind: "update", from: "1.2.3", lost: [`${directive} x`] });
  });

  test.each<[version: string, there: string, channel: Channel, advice: string]>([
    ["1.7.4", "1.8.0-rc.1", "backport", "`backport.formula: versioned`"],
    ["1.8.0-alpha.1", "1.8.0-rc.1", "prerelease", "Release 1.8.1"],
    ["1.7.0-rc.1", "1.8.0", "prerelease", "`prerelease.formula: versioned`"],
    ["1.2.3", "1.2.3-nightly.1", "stable", "Release 1.2.4"],
    ["1.2.3", "1.2.3+hotfix.1", "stable", "`stable.formula: versioned`"],
  ])("gives helpful advice for %s below %s", (version, there, channel, advice) => {
    const change = compareWithTap(candidate(version, undefined, channel), makeFormula({ version: there }), false);
    expect(change).toMatchObject({ kind: "refused", advice: expect.stringContaining(advice) });
  });
});

test.each([
  ["1.2.3-nightly.1", true],
  ["1.2.3-rc.1", false],
  ["1.2.3", false],
  ["1.2.3+hotfix.1", false],
  ["10.1.2.3-nightly.1", false],
  ["v1.2.3-nightly.1", false],
])("knows for %s whether its users would never get the final release: %s", (version, expected) => {
  expect(isDeadEnd(version)).toBe(expected);
});

describe("readTapFormula", () => {
  const inClass = (body: string): string => `class Widget < Formula\n  ${body}\nend\n`;

  test.each<[name: string, text: string, version: string | undefined]>([
    [
      "a source archive of a tag",
      inClass('url "https://github.com/acme/widget/archive/refs/tags/v1.2.2.tar.gz"'),
      "1.2.2",
    ],
    ["an archive named by its version", inClass('url "https://widget.example/widget-1.2.2.tar.gz"'), "1.2.2"],
    [
      "a tag of git",
      inClass('url "https://github.com/acme/widget.git",\n      tag:      "v1.2.2",\n      revision: "abc"'),
      "1.2.2",
    ],
    ["a version with two numbers", inClass('version "1.1"\n  url "https://widget.example/9.9.9"'), "1.1"],
    [
      "the gateway's address of a hotfix",
      inClass('url "https://github.com/acme/widget/releases/download/v1.2.3%2Bx/widget.zip"'),
      "1.2.3",
    ],
    ["a bad percent sign", inClass('url "https://widget.example/100%/widget-1.2.2.tar.gz"'), "1.2.2"],
    [
      "a system's version in a file's name",
      inClass('url "https://github.com/acme/widget/releases/download/v1.2.2/widget-macos-14.0.0.tar.gz"'),
      "1.2.2",
    ],
    ["a version only in a resource", inClass('resource "x" do\n    version "9.9.9"\n  end'), undefined],
    ["a formula that cannot be parsed", 'class Widget < Formula\n  version "1.2.2"\n  desc "open\nend\n', "1.2.2"],
    [
      "a stable block",
      inClass(
        'stable do\n    url "https://widget.example/widget-1.2.2.tar.gz"\n  end\n  head "https://x.example/y-3.0.0.git"',
      ),
      "1.2.2",
    ],
  ])("reads the version of %s", (_name, text, version) => {
    expect(readTapFormula(text).version).toBe(version);
  });

  test("reads the version scheme and the revision", () => {
    expect(readTapFormula(inClass('version "1.2"\n  version_scheme 2\n  revision 3'))).toMatchObject({
      scheme: 2,
      revision: 3,
    });
  });
});
