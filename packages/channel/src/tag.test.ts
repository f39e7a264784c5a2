import { describe, expect, test } from "@jest/globals";
import { previousTag, versionsOfFamily } from "./tag.ts";

describe("versionsOfFamily", () => {
  test("reads tags with `refs/tags/` and white space around them", () => {
    expect(versionsOfFamily([" refs/tags/v1.0.0\n", "\tv1.1.0 "], "").map(({ text }) => text)).toEqual([
      "1.0.0",
      "1.1.0",
    ]);
  });

  test("treats a family whose name ends in `refs/tags/` as a separate family", () => {
    expect(versionsOfFamily(["old/refs/tags/v1.0.0"], "old/")).toEqual([]);
    expect(versionsOfFamily(["old/refs/tags/v1.0.0"], "old/refs/tags/")).toHaveLength(1);
  });
});

describe("previousTag", () => {
  const TAGS = [
    "v1.0.0",
    "v1.1.0-rc.1",
    "v1.1.0",
    "v1.1.0+hotfix.1",
    "v1.1.0+hotfix.2",
    "v1.2.0+hotfix.9",
    "v1.2.0+hotfix.10",
    "v1.10.0",
    "v1.9.0",
    "sdk-v1.5.0",
  ];

  test.each<[name: string, tag: string, previous: string | undefined]>([
    ["a release: the highest lower version that is neither a release candidate nor a build", "v1.2.0", "v1.1.0"],
    ["a release that exists: not that release", "v1.1.0", "v1.0.0"],
    ["a release: the previous version by number, not by letter, for any order of the tags", "v2.0.0", "v1.10.0"],
    ["a release candidate: any lower version", "v1.1.0-rc.2", "v1.1.0-rc.1"],
    ["the first release candidate: the release before", "v1.1.0-rc.0", "v1.0.0"],
    ["a build: the build before it", "v1.1.0+hotfix.2", "v1.1.0+hotfix.1"],
    ["the first build: its version", "v1.1.0+hotfix.0", "v1.1.0"],
    ["a build after others: the highest of them", "v1.1.0+hotfix.3", "v1.1.0+hotfix.2"],
    ["a build: the previous build by number, not by letter", "v1.2.0+hotfix.10", "v1.2.0+hotfix.9"],
    ["a build after the tenth", "v1.2.0+hotfix.11", "v1.2.0+hotfix.10"],
    ["the first release of another family: no tag of this family", "sdk-v1.5.0", undefined],
    ["a release of another family: the previous one of that family", "sdk-v1.6.0", "sdk-v1.5.0"],
    ["the first release", "v0.9.0", undefined],
    ["a tag without a version", "latest", undefined],
  ])("returns for %s", (_name, tag, previous) => {
    expect(previousTag(TAGS, tag)).toBe(previous);
    expect(previousTag(TAGS.toReversed(), tag)).toBe(previous);
  });

  test.each([
    ["v1.1.0", ["v1.0.0", "1.0.0"], "v1.0.0"],
    ["1.1.0", ["v1.0.0", "1.0.0"], "1.0.0"],
    ["app-v1.1.0", ["app-v1.0.0", "app-1.0.0"], "app-v1.0.0"],
    ["v/1.1.0", ["v/v1.0.0", "v/1.0.0"], "v/1.0.0"],
    ["v1.1.0", ["1.0.0", "v0.9.0"], "1.0.0"],
  ])(
    "returns for %s, of %j, the highest version, and of two with the same version the tag written alike",
    (tag, tags, previous) => {
      expect(previousTag(tags, tag)).toBe(previous);
      expect(previousTag(tags.toReversed(), tag)).toBe(previous);
    },
  );

  test("reads tags with `refs/tags/` and white space around them, and skips tags without a version", () => {
    expect(previousTag(["latest", " refs/tags/v1.0.0\n"], "v1.1.0")).toBe("v1.0.0");
    expect(previousTag(["old/refs/tags/v1.0.0"], "old/v1.1.0")).toBeUndefined();
  });
});
