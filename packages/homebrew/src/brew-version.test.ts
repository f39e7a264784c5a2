import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { detectBrewVersion } from "./brew-detect.ts";
import { type BrewOrder, compareBrewVersions } from "./brew-version.ts";

/** The results of Homebrew's own version.rb under Ruby 3.1 (commit aad366ff, 2026-08-22), with rows and columns in the order of `versions`. */
const table: {
  readonly versions: readonly string[];
  readonly order: readonly string[];
  readonly urls: readonly (readonly [url: string, version: string | null])[];
} = JSON.parse(readFileSync(new URL("testdata/brew-versions.json", import.meta.url), "utf8"));

const SIGNS: Readonly<Record<string, BrewOrder>> = { "<": -1, "=": 0, ">": 1 };

describe("compareBrewVersions", () => {
  test.each(table.versions.map((version, row) => [version, row] as const))(
    "orders %s among the others as Homebrew does",
    (version, row) => {
      const ours = table.versions.map((other) => [other, compareBrewVersions(version, other)]);
      expect(ours).toEqual(table.versions.map((other, column) => [other, SIGNS[table.order[row]?.[column] ?? ""]]));
    },
  );

  test.each([
    ["1.2.3-nightly.1", "1.2.3", 1],
    ["1.2.3-dev.1", "1.2.3", 1],
    ["1.2.3-rc.1", "1.2.3", -1],
    ["1.7.4+hotfix.1", "1.7.4", 1],
    ["1.7.4+hotfix.1", "1.7.5", -1],
  ] as const)("compares %s with %s as %i", (left, right, order) => {
    expect(compareBrewVersions(left, right)).toBe(order);
  });
});

describe("detectBrewVersion", () => {
  test.each(table.urls)("reads from %s the same version as Homebrew: %s", (url, version) => {
    expect(detectBrewVersion(url) ?? null).toBe(version);
  });

  test("accepts an invalid percent sign", () => {
    expect(detectBrewVersion("https://widget.example/100%/widget-1.2.2.tar.gz")).toBe("1.2.2");
  });

  test("reads long addresses without excessive backtracking", () => {
    for (const part of ["-", "1.", "1-", "1_", "v", "/1", "%", "tarball/1."]) {
      detectBrewVersion(`https://github.com/${part.repeat(20_000)}`);
    }
  });
});
