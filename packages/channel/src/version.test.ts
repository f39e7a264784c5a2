import { describe, expect, test } from "@jest/globals";
import { parseTag, versionsOfFamily } from "./tag.ts";
import { compareVersions, lineOf, parseVersion, VersionError } from "./version.ts";

describe("parseVersion", () => {
  test("keeps pre-release and build metadata apart", () => {
    const version = parseVersion("1.7.4-rc.1+hotfix.2");
    expect(version).toMatchObject({ text: "1.7.4-rc.1+hotfix.2", prerelease: "rc.1", build: "hotfix.2" });
    expect(lineOf(version)).toBe("1.7");
  });

  test.each([
    "",
    "v1.2.3",
    "=1.2.3",
    "1.2",
    "01.2.3",
    "1.2.3 ",
    "1.2.3\n",
    "1.2.3-",
    "1.2.3-01",
    "1.2.3+",
    "1.2.3;rm -rf",
    "1.2.3#{x}",
    "latest",
  ])("refuses %j (B128)", (text) => {
    expect(() => parseVersion(text, "the version of widget")).toThrow(VersionError);
    expect(() => parseVersion(text, "the version of widget")).toThrow("the version of widget is ");
  });

  test("uses the default name of the value in its error", () => {
    expect(() => parseVersion("1.2")).toThrow(/^the version is "1\.2", expected a semantic version such as 1\.7\.4/);
    expect(() => parseVersion("1.2")).toThrow(expect.objectContaining({ name: "VersionError" }));
  });

  test("orders pre-releases before their release and ignores build metadata", () => {
    const ordered = ["1.7.10", "1.7.4+b", "1.7.4", "1.7.4-rc.10", "1.7.4-rc.9", "1.7.3"].map((text) =>
      parseVersion(text),
    );
    expect(ordered.toSorted(compareVersions).map((version) => version.text)).toEqual([
      "1.7.3",
      "1.7.4-rc.9",
      "1.7.4-rc.10",
      "1.7.4+b",
      "1.7.4",
      "1.7.10",
    ]);
  });
});

describe("parseTag", () => {
  test.each([
    ["v1.2.3", "", "1.2.3"],
    ["1.2.3", "", "1.2.3"],
    ["widget-v1.2.3-rc.1", "widget-", "1.2.3-rc.1"],
    ["widget/1.2.3", "widget/", "1.2.3"],
    ["dev/v1.2.3", "dev/", "1.2.3"],
    ["releases/widget-2-v1.2.3+hotfix.1", "releases/widget-2-", "1.2.3+hotfix.1"],
  ])("reads %s", (tag, family, version) => {
    expect(parseTag(tag)).toMatchObject({ tag, family, version: { text: version } });
  });

  test.each(["", "latest", "v1", "v1.2", "1.2.3.4", "v01.2.3", "v1.2.3-", "v1.2.3_x", "nightly-2024-01-02"])(
    "finds no version in the tag %j",
    (tag) => {
      expect(parseTag(tag)).toBeUndefined();
    },
  );

  test("distinguishes the versions of two products in one repository", () => {
    const tags = ["refs/tags/v1.0.0", "1.1.0", "sdk-v9.0.0", "nightly"];
    expect(versionsOfFamily(tags, "").map((version) => version.text)).toEqual(["1.0.0", "1.1.0"]);
    expect(versionsOfFamily(tags, "sdk-").map((version) => version.text)).toEqual(["9.0.0"]);
  });
});
