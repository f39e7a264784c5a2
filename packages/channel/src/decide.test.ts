import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideChannel } from "./decide.ts";
import { parseRules, requireDistTag } from "./rules.ts";
import { compareVersions, parseVersion } from "./version.ts";

const decide = (version: string, existing: readonly string[], rules: readonly string[] = []) =>
  decideChannel(
    parseVersion(version),
    existing.map((text) => parseVersion(text)),
    parseRules(rules),
  );

describe("decideChannel", () => {
  test.each<[name: string, version: string, existing: string[], expected: object]>([
    [
      "the first release of all",
      "0.1.0",
      [],
      {
        channel: "stable",
        isLatest: true,
        imageTags: ["0.1.0", "0.1", "latest"],
        npmDistTag: "latest",
        formula: "push",
        chart: "0.1.0",
      },
    ],
    [
      "a release that is its own predecessor, as on a second run",
      "1.7.3",
      ["1.7.3", "1.7.2"],
      { channel: "stable", imageTags: ["1.7.3", "1.7", "latest"], npmDistTag: "latest" },
    ],
    [
      "a backport at the head of its line (misleads 5)",
      "1.2.4",
      ["1.2.3", "1.3.1"],
      {
        channel: "backport",
        isLatest: false,
        imageTags: ["1.2.4", "1.2"],
        npmDistTag: "release-1.2",
        formula: "refuse",
        chart: "1.2.4",
      },
    ],
    [
      "a backport behind the head of its line",
      "1.2.4",
      ["1.2.5", "1.3.1"],
      { channel: "backport", imageTags: ["1.2.4"], npmDistTag: "release-1.2.4" },
    ],
    [
      "a release candidate of the next version (misleads 4)",
      "1.7.3-rc.1",
      ["1.7.2"],
      {
        channel: "prerelease",
        isLatest: false,
        imageTags: ["1.7.3-rc.1"],
        npmDistTag: "next",
        formula: "commit",
        chart: "1.7.3-rc.1",
      },
    ],
    [
      "a release candidate of a version that is already released (misleads 4)",
      "1.7.3-rc.1",
      ["1.7.2", "1.7.3"],
      { channel: "prerelease", isLatest: false, imageTags: ["1.7.3-rc.1"], npmDistTag: "next" },
    ],
    [
      "a release candidate on an older line than the newest one",
      "1.6.5-rc.1",
      ["1.7.0", "1.8.0-rc.2"],
      { channel: "prerelease", imageTags: ["1.6.5-rc.1"], npmDistTag: "next-1.6" },
    ],
    [
      "a release candidate older than others of its line and of a newer line",
      "1.6.5-rc.1",
      ["1.6.5-rc.2", "1.7.0-rc.1"],
      { channel: "prerelease", imageTags: ["1.6.5-rc.1"], npmDistTag: "next-1.6.5-rc.1" },
    ],
    [
      "a hotfix by build metadata (misleads 7)",
      "1.7.4+hotfix.1",
      ["1.7.4"],
      {
        channel: "build",
        isLatest: false,
        imageTags: ["1.7.4_hotfix.1"],
        npmDistTag: undefined,
        formula: "refuse",
        chart: "1.7.4_hotfix.1",
        moves: { image: [], npm: [], formula: false },
      },
    ],
    [
      "a release with a higher hotfix, which does not hold any names back",
      "1.7.4",
      ["1.7.5+hotfix.1"],
      { channel: "stable" },
    ],
    ["a release with higher pre-releases", "1.7.4", ["2.0.0-rc.1"], { channel: "stable", npmDistTag: "latest" }],
  ])("places %s", (_name, version, existing, expected) => {
    expect(decide(version, existing)).toMatchObject(expected);
  });

  test.each<[name: string, version: string, existing: string[], heldBack: string[]]>([
    ["nothing from the newest release", "1.7.3", ["1.7.2"], []],
    ["the highest names from a backport", "1.2.4", ["1.2.3", "1.3.1"], ["1", "latest"]],
    ["all names from a backport behind the head of its line", "1.2.4", ["1.2.5", "1.3.1"], ["1.2", "1", "latest"]],
    ["only `latest` from the newest release of an older major version", "1.9.1", ["1.9.0", "2.0.0"], ["latest"]],
    ["all names from a release candidate", "2.0.0-rc.1", ["1.0.0"], ["2.0", "2", "latest"]],
    ["all names from a build", "1.7.4+hotfix.1", ["1.7.4"], ["1.7", "1", "latest"]],
  ])("holds back %s", (_name, version, existing, heldBack) => {
    expect(decide(version, existing)).toMatchObject({ heldBack, line: version.split(".").slice(0, 2).join(".") });
  });

  test("returns the version, and only moves dist-tags and chart tags forward", () => {
    const rules = ["backport.npm: latest {major}x old", "backport.chart: latest {version}"];
    expect(decide("1.9.1", ["1.9.0", "2.0.0"], rules)).toMatchObject({
      version: { text: "1.9.1" },
      npmDistTag: "1x",
      chart: "1.9.1",
      moves: { image: ["1.9"], npm: ["1x"], formula: false },
    });
  });

  test("does not count a name with `{version}` as a moving name", () => {
    expect(decide("1.2.4", ["1.2.5", "1.3.1"]).moves).toEqual({ image: [], npm: [], formula: false });
  });

  test("lists only moving names as moved", () => {
    expect(decide("1.7.3", ["1.7.2"]).moves).toEqual({ image: ["1.7", "latest"], npm: ["latest"], formula: true });
  });

  test("applies changed rules, but never moves a name backwards", () => {
    const rules = [
      "stable.image: {version}, {line}, {major}, latest",
      "backport.formula: versioned",
      "backport.image: {version} {major} latest",
    ];
    expect(decide("2.1.0", ["1.9.0", "2.0.0"], rules).imageTags).toEqual(["2.1.0", "2.1", "2", "latest"]);
    expect(decide("1.9.1", ["1.9.0", "2.0.0"], rules)).toMatchObject({
      imageTags: ["1.9.1", "1"],
      formula: "versioned",
    });
    expect(decide("1.8.1", ["1.9.0", "2.0.0"], rules).imageTags).toEqual(["1.8.1"]);
  });

  test("publishes a hotfix to npm only with a rule for it, under its own name", () => {
    expect(decide("1.7.4+hotfix.1", ["1.7.4"], ["build.npm: hotfix-{line}"]).npmDistTag).toBe("hotfix-1.7");
  });

  const part = fc.integer({ min: 0, max: 3 });
  const anyVersion = fc
    .tuple(part, part, part, fc.constantFrom("", "-rc.1", "-rc.2", "+hotfix.1"))
    .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);

  test("never takes a moving name from a higher version of the same kind, for any order of releases", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyVersion, { maxLength: 12 }), (history) => {
        const holders = new Map<string, string>();
        history.forEach((version, index) => {
          for (const name of decide(version, history.slice(0, index)).moves.image) {
            const before = holders.get(name);
            if (before !== undefined) {
              expect(compareVersions(parseVersion(before), parseVersion(version))).toBeLessThan(0);
            }
            holders.set(name, version);
          }
        });
        const stable = history.filter((version) => !/[-+]/.test(version)).map((version) => parseVersion(version));
        expect(holders.get("latest")).toBe(stable.toSorted(compareVersions).at(-1)?.text);
      }),
    );
  });

  test("makes image and chart tags that a registry accepts", () => {
    fc.assert(
      fc.property(anyVersion, (version) => {
        const { imageTags, chart } = decide(version, []);
        for (const tag of [...imageTags, chart ?? ""]) expect(tag).toMatch(/^\w[\w.-]{0,127}$/);
      }),
    );
  });
});

describe("parseRules", () => {
  test("empties a list with `none`", () => {
    expect(parseRules(["prerelease.chart: none", "stable.npm = none"])).toMatchObject({
      prerelease: { chart: [] },
      stable: { npm: [] },
    });
  });

  test("reads a rule with an equals sign, white space, and names after commas", () => {
    expect(parseRules(["  stable.image =  {version},{line} ,latest,  ", "build.formula : skip"])).toMatchObject({
      stable: { image: ["{version}", "{line}", "latest"], npm: ["latest"], formula: "push", chart: ["{version}"] },
      build: { image: ["{version}"], npm: [], formula: "skip" },
    });
  });

  test.each(["push", "versioned", "commit", "skip", "refuse"])("accepts the formula rule %s", (value) => {
    expect(parseRules([`stable.formula: ${value}`]).stable.formula).toBe(value);
  });

  test("does not change the rules it starts from", () => {
    const before = parseRules([]);
    parseRules(["stable.image: none"], before);
    expect(before).toEqual(parseRules([]));
  });

  test.each([
    ["a prefix before the channel", "-stable.image: x"],
    ["a second line", "stable.image: x\nstable.npm: y\nz"],
    ["a name of 129 characters", `stable.image: ${"a".repeat(129)}`],
    ["a placeholder with a capital letter", "stable.image: {Version}"],
  ])("refuses %s", (_name, line) => expect(() => parseRules([line])).toThrow("the rule "));

  test("accepts a name of 128 characters", () => {
    expect(parseRules([`stable.image: ${"a".repeat(128)}`]).stable.image).toEqual(["a".repeat(128)]);
  });

  test("says why a name is invalid, and what to write instead", () => {
    expect(() => parseRules(["stable.npm: {line}"])).toThrow(
      expect.objectContaining({ advice: "Put a word before it, such as release-{line}." }),
    );
    expect(() => requireDistTag("1.2", "`tag`")).toThrow('`tag` names "1.2", which npm reads as a version');
    expect(() => requireDistTag("a b", "`tag`")).toThrow('`tag` names "a b", which is not a tag');
    expect(requireDistTag("next", "`tag`")).toBe("next");
  });

  test.each([
    ["nightly.image: x", "expected <channel>.<subject>: <value>"],
    ["stable.docker: x", "a subject of image, npm, formula, chart"],
    ["stable.image", "is not understood"],
    ["backport.formula: maybe", "expected push, versioned, commit, skip, refuse"],
    ["stable.image: -latest", "is not a tag"],
    ["stable.image: a/b", "is not a tag"],
    ["stable.image: {commit}", "is not a tag"],
    ["stable.npm: {version}", "which npm reads as a version"],
    ["backport.npm: {line}", "which npm reads as a version"],
  ])("refuses %j", (line, message) => {
    expect(() => parseRules([line])).toThrow(message);
  });
});
