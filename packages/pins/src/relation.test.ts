import { describe, expect, test } from "@jest/globals";
import { type Fact, plainSite, type Relation, type Site } from "./fact.ts";
import { evaluate } from "./relation.ts";

const site = (value: string, line: number, more: Partial<Site> = {}): Site => ({
  ...plainSite({ value, location: { file: "f", line } }),
  ...more,
});

function evaluated(relation: Partial<Relation>, sites: Readonly<Record<string, readonly Site[]>>) {
  const facts = new Map(Object.entries(sites).map(([name, each]): [string, Fact] => [name, { name, sites: each }]));
  const rule: Relation = { name: "r", kind: "equal", leader: "a", followers: ["b"], ...relation };
  return evaluate(rule, facts).map(
    ({ fact, severity, message, follower, repair }) =>
      `${severity} ${fact} ${follower.location?.line}: ${message}${repair === undefined ? "" : ` => ${repair.kind === "rewrite" ? repair.value : repair.items.join(" ")}`}`,
  );
}

/** The messages about one value compared with another. */
const compared = (kind: Relation["kind"], leader: string, follower: string): string[] =>
  evaluated({ kind }, { a: [site(leader, 1)], b: [site(follower, 2)] });

describe("equal", () => {
  test.each<[string, string, string[]]>([
    ["1.2.3", "1.2.3", []],
    ["1.2.3", "v1.2.3", []],
    ["1.2.3", "1.2.4", ['error b 2: "1.2.4" here, "1.2.3" at f:1 => 1.2.3']],
    ["1.2.3", "1.1", ['error b 2: "1.1" here, "1.2.3" at f:1 => 1.2']],
    ["1.2.3", "1.2", ['warning b 2: "1.2" here, "1.2.3" at f:1: the same version, written with different precision']],
    ["x", "y", ['error b 2: "y" here, "x" at f:1 => x']],
  ])("%s and %s", (leader, follower, expected) => {
    expect(compared("equal", leader, follower)).toEqual(expected);
  });

  test("compares every other place of the leader with its first", () => {
    expect(evaluated({}, { a: [site("1", 1), site("2", 2)], b: [site("1", 3), site("3", 4)] })).toEqual([
      'error a 2: "2" here, "1" at f:1 => 1',
      'error b 4: "3" here, "1" at f:1 => 1',
    ]);
  });

  test("shortens a long value", () => {
    const long = "x".repeat(121);
    expect(compared("equal", "y", long)).toEqual([`error b 2: "${"x".repeat(117)}..." here, "y" at f:1 => y`]);
    expect(compared("equal", "y", long.slice(1))).toEqual([`error b 2: "${"x".repeat(120)}" here, "y" at f:1 => y`]);
  });

  test("ignores facts without places", () => {
    expect(evaluated({}, { b: [site("1", 1)] })).toEqual([]);
    expect(evaluated({}, { a: [site("1", 1)] })).toEqual([]);
    expect(evaluated({ leader: undefined }, { a: [site("1", 1)], b: [site("2", 1)] })).toEqual([]);
  });

  test("uses the severity of the relation", () => {
    const sites = { a: [site("1", 1)], b: [site("2", 2)] };
    expect(evaluated({ severity: "warning" }, sites)).toEqual(['warning b 2: "2" here, "1" at f:1 => 1']);
  });
});

test.each<[Relation["kind"], string, string, string[]]>([
  ["same-minor", "1.2.3", "1.2.9", []],
  ["same-minor", "1.2.3", "1.2", []],
  ["same-minor", "1.0.3", "1", []],
  [
    "same-minor",
    "1.2.3",
    "1.3.3",
    ['error b 2: "1.3.3" here, expected the same minor version as "1.2.3" at f:1 => 1.2.3'],
  ],
  [
    "same-minor",
    "1.2.3",
    "2.2.3",
    ['error b 2: "2.2.3" here, expected the same minor version as "1.2.3" at f:1 => 1.2.3'],
  ],
  ["at-least", "1.2.3", "1.2.3", []],
  ["at-least", "1.2.3", "1.10", []],
  ["at-least", "1.2.3", "1.2", ['error b 2: "1.2" here, expected at least "1.2.3" at f:1 => 1.2']],
  ["at-least", "1.2.3", "1.2.3-rc.1", ['error b 2: "1.2.3-rc.1" here, expected at least "1.2.3" at f:1 => 1.2.3']],
])("%s: %s and %s", (kind, leader, follower, expected) => {
  expect(compared(kind, leader, follower)).toEqual(expected);
});

test("refuses to compare a value that is not a version", () => {
  expect(() => compared("at-least", "1.2.3", "stable")).toThrow(/^f:2: "stable" is not a version$/);
});

test("subset: the follower must have all items of the leader", () => {
  const lists = (follower: readonly string[]) =>
    evaluated({ kind: "subset" }, { a: [site("l", 1, { items: ["x", "y"] })], b: [site("f", 2, { items: follower })] });
  expect(lists(["y", "z", "x"])).toEqual([]);
  expect(lists(["y"])).toEqual(["error b 2: x of f:1 is missing here => x"]);
  expect(lists([])).toEqual(["error b 2: x y of f:1 is missing here => x y"]);
});

describe("pinned", () => {
  const COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1";
  const judged = (value: string, more: Partial<Site> = {}) =>
    evaluated({ kind: "pinned", leader: undefined }, { b: [site(value, 2, more)] });

  test.each(["1.2.3", "v1.2.3", "1.2.3-rc.1", COMMIT, "nightly-2026-10-01"])("%s is pinned", (value) => {
    expect(judged(value)).toEqual([]);
  });

  test.each([
    "1.2",
    "1",
    "stable",
    "main",
    COMMIT.slice(1),
    `${COMMIT}0`,
    COMMIT.toUpperCase(),
    "2026-10-01x-y",
    "nightly-2026-10-01-host",
  ])("%s is not pinned", (value) => {
    expect(judged(value)).toEqual([`error b 2: "${value}" is not pinned: expected a full version, commit or date`]);
  });

  test("checks an image by its tag and digest", () => {
    expect(judged("debian:12", { isImage: true })).toEqual([]);
    expect(judged("debian:latest", { isImage: true })).toEqual([
      'error b 2: "debian:latest" is not pinned: the tag latest moves',
    ]);
  });
});
