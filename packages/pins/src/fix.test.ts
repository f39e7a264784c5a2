import { describe, expect, test } from "@jest/globals";
import type { Edit } from "@release-actions/text";
import { plainSite, type Site } from "./fact.ts";
import { describeRepair, planFix } from "./fix.ts";
import type { Finding } from "./relation.ts";
import { MemoryRepository } from "./testing/memory-repository.ts";

const LOCATION = { file: "x", line: 1 };
const replaces = (start: number, end: number): Pick<Site, "rewrite"> => ({
  rewrite: (text) => ({ start, end, text }),
});

function finding(site: Partial<Site>, more: Partial<Finding> = {}): Finding {
  return {
    relation: { name: "r", kind: "equal", leader: "a", followers: ["b"] },
    ...{ fact: "b", severity: "error", message: "differs", leader: undefined },
    follower: { ...plainSite({ value: "old", location: LOCATION }), ...site },
    repair: { kind: "rewrite", value: "new" },
    ...more,
  };
}

async function fix(...findings: readonly Finding[]) {
  const { files, fixed, left } = await planFix(new MemoryRepository({ x: "0123456789", y: "abc" }), findings);
  return { files: Object.fromEntries(files), fixed: fixed.length, left: left.length };
}

describe("planFix", () => {
  test.each<[string, readonly Finding[], Record<string, string>, number, number]>([
    ["one edit", [finding(replaces(2, 4))], { x: "01new456789" }, 1, 0],
    ["two edits of a file", [finding(replaces(0, 2)), finding(replaces(2, 4))], { x: "newnew456789" }, 2, 0],
    ["the same edit twice", [finding(replaces(2, 4)), finding(replaces(2, 4))], { x: "01new456789" }, 2, 0],
    [
      "different texts for one place",
      [finding(replaces(2, 4)), finding(replaces(2, 4), { repair: { kind: "rewrite", value: "other" } })],
      { x: "01new456789" },
      1,
      1,
    ],
    ["edits that overlap", [finding(replaces(2, 5)), finding(replaces(4, 6))], { x: "01new56789" }, 1, 1],
    [
      "edits that overlap the other way",
      [finding(replaces(4, 6)), finding(replaces(2, 5))],
      { x: "0123new6789" },
      1,
      1,
    ],
    [
      "warnings and notices",
      [finding(replaces(2, 4), { severity: "warning" }), finding(replaces(2, 4), { severity: "notice" })],
      {},
      0,
      0,
    ],
    ["a place that cannot be rewritten", [finding({})], {}, 0, 1],
    ["a finding without a repair", [finding(replaces(2, 4), { repair: undefined })], {}, 0, 1],
    ["a finding without a file", [finding({ ...replaces(2, 4), location: undefined })], {}, 0, 1],
    ["another file", [finding({ ...replaces(1, 2), location: { file: "y", line: 1 } })], { y: "anewc" }, 1, 0],
    ["a rewrite without edits", [finding({ rewrite: () => [] })], {}, 0, 1],
    [
      "a rewrite with two edits",
      [finding({ rewrite: async (text): Promise<Edit[]> => [0, 9].map((start) => ({ start, end: start + 1, text })) })],
      { x: "new12345678new" },
      1,
      0,
    ],
    [
      "items of a list",
      [
        finding(
          { append: ([text = ""]) => ({ start: 9, end: 9, text }) },
          { repair: { kind: "append", items: ["+"] } },
        ),
      ],
      { x: "012345678+9" },
      1,
      0,
    ],
    [
      "items of a text",
      [finding(replaces(0, 10), { repair: { kind: "append", items: ["-a", "-b"] } })],
      { x: "old -a -b" },
      1,
      0,
    ],
    [
      "items of an empty text",
      [finding({ value: "", ...replaces(0, 10) }, { repair: { kind: "append", items: ["-a"] } })],
      { x: "-a" },
      1,
      0,
    ],
  ])("%s", async (_name, findings, files, fixed, left) => {
    expect(await fix(...findings)).toEqual({ files, fixed, left });
  });
});

test.each<[Partial<Finding>, string]>([
  [{}, "x:1: old -> new"],
  [{ repair: { kind: "append", items: ["-a", "-b"] } }, "x:1: + -a -b"],
  [{ repair: undefined }, "x:1"],
])("describes a repair with %j as %s", (more, expected) => {
  expect(describeRepair(finding({}, more))).toBe(expected);
});
