// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain variables of Dockerfiles.
import { describe, expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { applyEdits } from "@release-actions/text";
import { placeOf, type Rewrite, type Site } from "../fact.ts";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { filesFor, type Locator, locateIn } from "./locator.ts";
import { Repository } from "./repository.ts";

const locate = (file: string, text: string, locator: Locator): Site[] =>
  locateIn(new MemoryRepository({ [file]: text }), file, locator);
const shown = (sites: readonly Site[]): string[] => sites.map((site) => `${site.value} at ${placeOf(site)}`);
const edited = (text: string, rewrite: Rewrite | Promise<Rewrite>): string | undefined =>
  rewrite === undefined || rewrite instanceof Promise ? undefined : applyEdits(text, [rewrite].flat());

/** The file after the first place is rewritten. */
function rewritten(file: string, text: string, locator: Locator, value: string): string | undefined {
  return edited(text, locate(file, text, locator)[0]?.rewrite?.(value));
}

describe("json", () => {
  const TEXT = '\uFEFF{\n  "a": { "b/c": "1.0.0", "d~e": 2, "f": [true, "x"] }\n}\n';
  const at = (pointer: string): Locator => ({ kind: "json", pointer });

  test.each([
    ["/a/b~1c", "1.0.0"],
    ["/a/d~0e", "2"],
    ["/a/f/0", "true"],
    ["/a/f/1", "x"],
    ["/a/f", '[true, "x"]'],
  ])("%s is %s", (pointer, value) => {
    expect(shown(locate("x.json", TEXT, at(pointer)))).toEqual([`${value} at x.json:2`]);
  });

  test("keeps the quotes of a rewritten string, and adds none to a number", () => {
    expect(rewritten("x.json", TEXT, at("/a/b~1c"), '1"2')).toBe(TEXT.replace('"1.0.0"', '"1\\"2"'));
    expect(rewritten("x.json", TEXT, at("/a/d~0e"), "3")).toBe(TEXT.replace(": 2", ": 3"));
  });

  test.each<[string, string, RegExp]>([
    ['{ "a": 1, // no\n }', "/a", /^x.json:1 is not valid JSON: /],
    ["", "/a", /^x.json:1 is not valid JSON: /],
    ['{ "a": 1 }', "/b", /^x.json has no value at \/b$/],
    ['{ "a": [1] }', "/a/1", /^x.json has no value at \/a\/1$/],
  ])("refuses %j at %s", (text, pointer, message) => {
    expect(() => locate("x.json", text, at(pointer))).toThrow(message);
  });
});

describe("toml", () => {
  const TEXT = 'a = "1.0.0"\nb = ["x", "y", 3]\nc = 4\nd = { e = true }\nf = []\ng = ["x", ["y", 1]]\n';
  const at = (path: string): Locator => ({ kind: "toml", path });

  test.each([
    ["a", "1.0.0 at x.toml:1"],
    ["b", "x y 3 at x.toml:2"],
    ["c", "4 at x.toml:3"],
    ["d", "{ e = true } at x.toml:4"],
    ["g", 'x ["y", 1] at x.toml:6'],
    ["d.e", "true at x.toml:4"],
  ])("%s is %s", (path, expected) => {
    expect(shown(locate("x.toml", TEXT, at(path)))).toEqual([expected]);
  });

  test("rewrites strings and numbers, appends to lists, and does not change tables", () => {
    expect(rewritten("x.toml", TEXT, at("a"), "1.0.1")).toBe(TEXT.replace("1.0.0", "1.0.1"));
    expect(rewritten("x.toml", TEXT, at("c"), "5")).toBe(TEXT.replace("c = 4", "c = 5"));
    const [list] = locate("x.toml", TEXT, at("b"));
    expect(list?.items).toEqual(["x", "y", "3"]);
    expect(edited(TEXT, list?.append?.(["z", 'q"']))?.split("\n")[1]).toBe('b = ["x", "y", 3, "z", "q\\""]');
    expect(locate("x.toml", TEXT, at("f"))[0]?.append?.(["z"])).toBeUndefined();
    expect(locate("x.toml", TEXT, at("d"))[0]?.rewrite).toBeUndefined();
  });
});

describe("Dockerfile", () => {
  const DIGEST = `sha256:${"a".repeat(64)}`;
  const OTHER = `sha256:${"b".repeat(64)}`;
  const TEXT = `ARG V=1.2.3\nFROM ghcr.io/o/a:\${V}-slim@${DIGEST} AS one\nENV A=yes\nENV B="$A!"\nFROM one AS two\nFROM debian:12 AS three\nCOPY --from=busybox:1 /x /y\n`;
  const from = (stage?: string): Locator => ({ kind: "from", stage });

  test("resolves a stage to the image that it is finally based on", () => {
    expect(shown(locate("Dockerfile", TEXT, from("two")))).toEqual([
      `ghcr.io/o/a:1.2.3-slim@${DIGEST} at Dockerfile:2`,
    ]);
    expect(shown(locate("Dockerfile", TEXT, from("three")))).toEqual(["debian:12 at Dockerfile:6"]);
    expect(locate("Dockerfile", TEXT, from()).map(({ value, isImage }) => [value.slice(0, 9), isImage])).toEqual([
      ["ghcr.io/o", true],
      ["debian:12", true],
      ["busybox:1", true],
    ]);
  });

  test("rewrites the tag and the digest of an image where each is written", () => {
    expect(rewritten("Dockerfile", TEXT, from("one"), `ghcr.io/o/a:1.3.0-slim@${OTHER}`)).toBe(
      TEXT.replace("V=1.2.3", "V=1.3.0").replace(DIGEST, OTHER),
    );
    expect(rewritten("Dockerfile", TEXT, from("one"), `ghcr.io/o/a:1.2.3-slim@${OTHER}`)).toBe(
      TEXT.replace(DIGEST, OTHER),
    );
    expect(rewritten("Dockerfile", TEXT, from("one"), `ghcr.io/o/a:1.3.0-slim@${DIGEST}`)).toBe(
      TEXT.replace("V=1.2.3", "V=1.3.0"),
    );
    expect(rewritten("Dockerfile", TEXT, from("three"), "debian:13")).toBe(TEXT.replace("debian:12", "debian:13"));
  });

  test("does not rewrite text that is partly in a variable", () => {
    expect(rewritten("Dockerfile", TEXT, from("one"), "ghcr.io/o/b:2.2.2-fat")).toBeUndefined();
  });

  test("finds and rewrites a variable of a stage", () => {
    const env = (name: string): Locator => ({ kind: "env", name, stage: "one" });
    expect(shown(locate("Dockerfile", TEXT, env("A")))).toEqual(["yes at Dockerfile:3"]);
    expect(rewritten("Dockerfile", TEXT, env("A"), "no")).toBe(TEXT.replace("A=yes", "A=no"));
    expect(shown(locate("Dockerfile", TEXT, env("B")))).toEqual(["yes! at Dockerfile:4"]);
    expect(() => locate("Dockerfile", TEXT, env("C"))).toThrow(/^Dockerfile has no ENV C in stage one$/);
    expect(() => locate("Dockerfile", "# empty\nFROM scratch\n", from())).toThrow(/^Dockerfile has no image$/);
  });
});

describe("regex", () => {
  const TEXT = `v: 1.0\nv: 2.0\nx v: 3.0\nimage:4@sha256:${"a".repeat(64)}\n`;

  test("finds every match, line by line", () => {
    const sites = locate("x", TEXT, { kind: "regex", pattern: /^v: ([\d.]+)$/ });
    expect(shown(sites)).toEqual(["1.0 at x:1", "2.0 at x:2"]);
    expect(edited(TEXT, sites[1]?.rewrite?.("2.10"))).toBe(TEXT.replace("2.0", "2.10"));
  });

  test("does not rewrite a tag before a digest", () => {
    const [site] = locate("x", TEXT, { kind: "regex", pattern: /image:(\d)/ });
    expect([site?.value, site?.rewrite]).toEqual(["4", undefined]);
  });

  test("skips a match without its group", () => {
    expect(() => locate("x", TEXT, { kind: "regex", pattern: /v(?::|(z))/ })).toThrow(/^x has no match of/);
  });
});

test("finds a YAML value, and refuses a path without one", () => {
  const at = (path: string): Locator => ({ kind: "yaml", path });
  expect(shown(locate("x.yml", "a:\n  b.c: 1\n", at('a."b.c"')))).toEqual(["1 at x.yml:2"]);
  expect(() => locate("x.yml", "a: {}\n", at("a"))).toThrow(/^x.yml has no value at a$/);
});

test("uses a name literally, and a glob for the matching files", () => {
  using tree = new FileTree({ "b.txt": "", "a.txt": "", "c/d.txt": "" });
  const repository = new Repository(tree.root);
  const found = (pattern: string) => filesFor(repository, pattern, { file: "pins.yml", line: 3 });
  expect(found("none.txt")).toEqual(["none.txt"]);
  expect(found("*.txt")).toEqual(["a.txt", "b.txt"]);
  expect(found("**/*.txt")).toEqual(["a.txt", "b.txt", "c/d.txt"]);
  for (const pattern of ["?.txt", "[ab].txt", "{a,b}.txt"]) expect(found(pattern)).toEqual(["a.txt", "b.txt"]);
  expect(() => found("*.md")).toThrow(/^pins.yml:3: no file matches \*.md$/);
});
