import { describe, expect, test } from "@jest/globals";
import { fileOf, findStranger } from "./address.ts";

test.each([
  ["https://a.example/b/widget.tar.xz", "widget.tar.xz"],
  ["HTTPS://a.example/widget%201.tar.xz?x=/y#/z", "widget 1.tar.xz"],
  ["https://a.example/b%2Fwidget.zip", "widget.zip"],
  ["https://a.example/100%/50%.zip", "50%.zip"],
  ["https://a.example/b/", ""],
  ["https://a.example/b#/c\n/d", "b"],
])("%j downloads the file %j", (url, file) => expect(fileOf(url)).toBe(file));

describe("an address of the release", () => {
  const asked = (url: string, ...addresses: string[]): string | undefined =>
    findStranger(url, "f", { tag: "v1", addressesOf: (file) => (file === "f" ? addresses : []) });
  const GITHUB = "https://github.com/acme/widget/releases/download/v1/f";
  const MIRROR = "https://mirror.example/Widget/v1/f";

  test.each([
    [GITHUB, [GITHUB]],
    [GITHUB, [MIRROR, GITHUB]],
    [MIRROR, [MIRROR, GITHUB]],
    ["https://GITHUB.com:443/Acme/WIDGET/releases/download/v1/f", [GITHUB]],
    ["https://github.com/acme/widget/releases/download/v%31/f", [GITHUB]],
  ])("accepts %s, with the addresses %j", (url, addresses) => expect(asked(url, ...addresses)).toBeUndefined());

  test.each([
    ["a repository of another owner", GITHUB.replace("acme", "other"), GITHUB],
    ["a repository of another name", GITHUB.replace("widget", "gadget"), GITHUB],
    ["a tag with capitals", GITHUB.replace("v1", "V1"), GITHUB],
    ["a file with capitals", GITHUB.replace(/f$/, "F"), GITHUB],
    ["slashes at other places", "https://mirror.example/a/bc", "https://mirror.example/ab/c"],
    ["different letter case on a server other than GitHub", MIRROR.toLowerCase(), MIRROR],
    ["another scheme", GITHUB.replace("https", "http"), GITHUB],
    ["another host", GITHUB.replace("github", "githab"), GITHUB],
    ["a query", `${GITHUB}?x`, GITHUB],
    ["a fragment", `${GITHUB}#x`, GITHUB],
    ["a user", GITHUB.replace("github", "me@github"), GITHUB],
    ["no URL", "widget", GITHUB],
    ["any URL when the plan has none", GITHUB, "widget"],
  ])("refuses %s", (_name, url, address) => {
    expect(asked(url, address)).toBe(`${url} is not a URL of this release, expected ${address}`);
  });

  test("names all expected addresses when it refuses one", () => {
    expect(asked("https://a.example/f", GITHUB, MIRROR)).toBe(
      `https://a.example/f is not a URL of this release, expected ${GITHUB} or ${MIRROR}`,
    );
  });

  test.each([
    ["https://a.example/v1/f", true],
    ["https://a.example/b/v1/c/f", true],
    ["https://a.example/v%31/f", true],
    ["https://a.example/v10/f", false],
    ["https://a.example/av1/f", false],
    ["https://a.example/v1", false],
    ["https://v1/f", false],
    ["https://a.example/b?/v1/", false],
    ["https://a.example/b#/v1/", false],
  ])("must have the tag as a folder when the plan has no address: %s (%s)", (url, isOne) => {
    expect(asked(url)).toBe(isOne ? undefined : `${url} is not a URL of the tag v1`);
  });
});
