import { describe, expect, test } from "@jest/globals";
import type { Site } from "@release-actions/pins";
import { factRows } from "./fact-table.ts";

const site = (value: string, file: string, line: number): Site => ({ value, items: [value], location: { file, line } });

describe("factRows", () => {
  const leader = site("1.95.0", "rust-toolchain.toml", 3);
  const follower = site("1.94.0", "Cargo.toml", 9);
  const finding = {
    fact: "rust-version",
    severity: "error" as const,
    message: "",
    leader,
    follower,
    repair: undefined,
    relation: { name: "rust", kind: "equal" as const, leader: "toolchain", followers: ["rust-version"] },
  };

  test("has a row for every value of a fact, and names the broken relation in the rows of both sides", () => {
    const facts = [
      { name: "toolchain", sites: [leader] },
      { name: "rust-version", sites: [follower, site("1.95.0", "a/Cargo.toml", 4)] },
    ];
    expect(factRows({ facts, findings: [finding], fixed: [], elsewhere: [], notes: [], unread: [] })).toEqual([
      ["toolchain", "1.95.0", "rust-toolchain.toml:3", "error: equal (rust)"],
      ["rust-version", "1.94.0", "Cargo.toml:9", "error: equal (rust)"],
      ["rust-version", "1.95.0", "a/Cargo.toml:4", "ok"],
    ]);
  });

  test("lists the first places and counts the others, and shows the tag as a place", () => {
    const sites = Array.from({ length: 8 }, (_, at) => site("1.0.0", "Cargo.lock", at + 1));
    const tag: Site = { value: "2.0.0", items: ["2.0.0"], location: undefined };
    const rows = factRows({
      facts: [
        { name: "lock", sites },
        { name: "tag", sites: [tag] },
      ],
      findings: [],
      fixed: [],
      elsewhere: [],
      notes: [],
      unread: [],
    });
    expect(rows.map((row) => row[2])).toEqual([
      "Cargo.lock:1, Cargo.lock:2, Cargo.lock:3, Cargo.lock:4, Cargo.lock:5, and 3 more",
      "the tag",
    ]);
  });
});
