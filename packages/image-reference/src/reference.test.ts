import { describe, expect, test } from "@jest/globals";
import { formatReference, ImageReferenceError, parseReference, parseTaggedReference } from "./reference.ts";

const digest = `sha256:${"0a".repeat(32)}`;

describe("parseReference", () => {
  test.each([
    ["alpine", { registry: "docker.io", repository: "library/alpine" }],
    ["docker.io/alpine:3", { registry: "docker.io", repository: "library/alpine", tag: "3" }],
    ["index.docker.io/a/b", { registry: "docker.io", repository: "a/b" }],
    [
      "restatedev/restate:1.7.4_hotfix.1",
      { registry: "docker.io", repository: "restatedev/restate", tag: "1.7.4_hotfix.1" },
    ],
    ["localhost/restatedev/x:latest", { registry: "localhost", repository: "restatedev/x", tag: "latest" }],
    ["127.0.0.1:5000/a/b/c", { registry: "127.0.0.1:5000", repository: "a/b/c" }],
    ["[::1]:5000/a", { registry: "[::1]:5000", repository: "a" }],
    ["Host/a", { registry: "Host", repository: "a" }],
    [`ghcr.io/a/b:1@${digest}`, { registry: "ghcr.io", repository: "a/b", tag: "1", digest }],
    ["a__b-c.d---e", { registry: "docker.io", repository: "library/a__b-c.d---e" }],
  ])("reads %s", (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  test.each([
    ["", "it is empty"],
    ["-rm", "it starts with a dash"],
    ["a b", "white space"],
    ["a\n::error::b", "white space"],
    ["ghcr.io/Acme/app", "repository names are lower case"],
    ["a:b:c", "write [registry/]name"],
    ["a/", "write"],
    ["/a", "write"],
    ["a//b", "write"],
    ["a..b", "write"],
    ["a:-x", "write"],
    [`a:${"t".repeat(129)}`, "write"],
    ["a@sha256:abc", "write"],
    [`a@sha256:${"A".repeat(64)}`, "write"],
    ["a_", "write"],
    ["ü", "write"],
  ])("refuses %j: %s (F143, B56, B65)", (text, why) => {
    expect(() => parseReference(text)).toThrow(ImageReferenceError);
    expect(() => parseReference(text)).toThrow(why);
  });

  test("refuses a name that is too long", () => {
    expect(() => parseReference(`ghcr.io/${"a".repeat(256)}`)).toThrow(/longer than 255/);
  });

  test("reads adversarial text quickly", () => {
    const started = performance.now();
    expect(() => parseReference(`${"a-".repeat(50_000)}!`)).toThrow(ImageReferenceError);
    expect(() => parseReference(`${"a_a.".repeat(20_000)}/!`)).toThrow(ImageReferenceError);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("parseTaggedReference", () => {
  test("completes the tag", () => {
    expect(parseTaggedReference("app").tag).toBe("latest");
  });
  test("refuses a digest", () => {
    expect(() => parseTaggedReference(`app@${digest}`)).toThrow(/names a digest/);
  });
});

test("formatReference writes the canonical form", () => {
  expect(formatReference(parseReference("alpine:3"))).toBe("docker.io/library/alpine:3");
  expect(formatReference(parseReference(`ghcr.io/a/b@${digest}`))).toBe(`ghcr.io/a/b@${digest}`);
});
