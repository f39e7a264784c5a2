import { describe, expect, test } from "@jest/globals";
import { ImageReferenceError, parseReference } from "@release-actions/image-reference";
import type { Descriptor } from "./documents.ts";
import { isNamed, namesOf, noSuchImage, severalImages, withoutDigests } from "./image-names.ts";

const HEX = "a".repeat(64);

describe("namesOf", () => {
  const names = (annotations: Readonly<Record<string, string>>): readonly string[] =>
    namesOf({ annotations: new Map(Object.entries(annotations)) } as unknown as Descriptor); // The function only reads the annotations.
  const NAME = "io.containerd.image.name";
  const REF = "org.opencontainers.image.ref.name";

  test.each([
    [{}, []],
    [{ [NAME]: "app:1" }, ["app:1"]],
    [{ [REF]: "ghcr.io/acme/app:1" }, ["ghcr.io/acme/app:1"]],
    [{ [REF]: "1.0" }, ["1.0"]],
    [{ [NAME]: "a/b:1", [REF]: "c/d:2" }, ["a/b:1"]],
    [{ [NAME]: `a/b@sha256:${HEX}` }, []],
  ])("%j: %j", (annotations, expected) => expect(names(annotations)).toEqual(expected));
});

test("withoutDigests leaves out names that only contain a digest", () => {
  const kept = ["a:1", `a@sha256:${HEX}x`, "a@md5:00", `@sha256:${HEX}-1`];
  expect(withoutDigests([...kept, `a@sha256:${HEX}`, `b:1@sha512:${HEX}${HEX}`])).toEqual(kept);
});

describe("isNamed", () => {
  test.each([
    ["app:1", "app:1", true],
    ["docker.io/library/app:1", "app:1", true],
    ["app:1", "docker.io/library/app:1", true],
    ["acme/app:1", "docker.io/acme/app:1", true],
    ["app", "app:latest", true],
    ["app:latest", "docker.io/library/app", true],
    [`app@sha256:${HEX}`, `docker.io/library/app@sha256:${HEX}`, true],
    [`app@sha256:${HEX}`, "app:latest", false],
    ["app:1", "app:2", false],
    ["app", "app:1", false],
    ["ghcr.io/app:1", "app:1", false],
    ["a name with a space", "a name with a space", true],
    ["a name with a space", "another name", false],
    ["a name with a space", "app:1", false],
  ])("compares the name %j with the requested name %j: %s", (name, wanted, expected) => {
    expect(isNamed([name], wanted)).toBe(expected);
    expect(isNamed(["other:1", name], wanted)).toBe(expected);
    expect(isNamed([], wanted)).toBe(false);
  });

  test("also compares names that are not valid references", () => {
    expect(() => parseReference("a name with a space")).toThrow(ImageReferenceError);
  });
});

test("shows names in quotes when they could be misread", () => {
  expect(noSuchImage("x\ny", ["a.b/c:1_d@sha256:e+f-g", "h i", "j\n"])).toMatchObject({
    problem: "ambiguous",
    message: 'the archive has no image "x\\ny"; it has a.b/c:1_d@sha256:e+f-g, "h i", "j\\n"',
  });
});

test("says how to choose one of several images", () => {
  expect(severalImages(["a:1", "b:2"])).toMatchObject({
    problem: "ambiguous",
    message: "the archive holds 2 images: a:1, b:2",
    advice: "Save one image in one archive; to load one of these, name it in the input `image` of load-restate-image.",
  });
  expect(noSuchImage("a", []).advice).toBe("Give one of these names, or a digest, in `image`.");
});
