import { describe, expect, test } from "@jest/globals";
import type { Build, BuildFile } from "./build.ts";
import { compareBuilds } from "./compare.ts";
import { type Comparison, verdictOf } from "./comparison.ts";
import type { FileExplanation } from "./explain-builds.ts";
import { barsTable, filesTable, writeCauses } from "./report-markdown.ts";

const file = (letter: string): BuildFile => ({ kind: "file", size: 1, digests: { blake3: letter.repeat(64) } });

/** Builds with one file each, whose content is a letter; `undefined` is a build without it. */
function comparisonOf(letters: readonly string[], more: Partial<Comparison> = {}): Comparison {
  const builds = letters.map((letter, index): Build => {
    const files = new Map(letter === "" ? [] : [["tool", file(letter)] as const]);
    const none = { context: new Map(), isPartial: false, open: async () => undefined };
    return { name: `build-${index + 1}`, files, ...none };
  });
  const verdicts = compareBuilds(builds, () => ({ severity: "error", reason: undefined }));
  return { builds, verdicts, contexts: [], explanations: [], ...more };
}

function explained(path: string, causes: FileExplanation["causes"], buckets: number[] = [1]): FileExplanation {
  const map = { differing: 1, longest: 1, length: buckets.length, buckets, clusters: [] };
  const none = { format: "unknown" as const, parts: [], excerpts: [], warnings: [] };
  return { path, left: "build-1", right: "build-2", causes, map, ...none };
}

/** The contents added to a summary, one line each. */
function written(comparison: Comparison): string[] {
  const lines: string[] = [];
  writeCauses(
    {
      heading: (text) => lines.push(`# ${text}`),
      table: (header, rows) => lines.push(header.join(" | "), ...rows.map((row) => row.join(" | "))),
      text: (text) => lines.push(text),
    },
    comparison,
  );
  return lines;
}

describe("the summary of a comparison", () => {
  test("gives one remedy for all places of a cause, and shortens digests", () => {
    const at = (place: string, left: string) =>
      ({ kind: "embedded-text", place, left, right: "you", count: 1, remedy: "Find `it`.", group: left }) as const;
    const explanations = [explained("tool", [at("0x1", "me")]), explained("other", [at("0x2", "him")])];
    expect(written(comparisonOf(["a", "", "b"], { explanations, notExplained: 1 }))).toEqual([
      "# Cause: a file that not all builds have",
      "file | one side | the other",
      `\`tool\` | \`blake3:${"a".repeat(12)}…\` | \`missing / blake3:${"b".repeat(12)}…\``,
      "Build the same packages, or record the same paths.",
      "# Cause: a text that differs",
      "file | where | one side | the other",
      "`tool` | `0x1` | `me` | `you`",
      "`other` | `0x2` | `him` | `you`",
      "Find `it`.",
      "1 more file differs and was not compared in detail; programs come first.",
    ]);
  });

  test.each<[readonly string[], string]>([
    [["a", "b"], "1 of 1 file differs between 2 builds"],
    [["a", "a", "a"], "1 file is the same in 3 builds"],
  ])("describes %j in a few words", (letters, sentence) => {
    expect(verdictOf(comparisonOf(letters))).toBe(sentence);
  });

  test("has a column for each build when there are few, and only names differing builds when there are many", () => {
    expect(filesTable(comparisonOf(["a", "a", "b"])).rows).toEqual([["`tool`", "content", "=", "=", "A"]]);
    expect(filesTable(comparisonOf(["a", "a", "b", "a", "a", "a", "c"])).rows).toEqual([
      ["`tool`", "content", "5 builds agree; build-3, build-7 differ"],
    ]);
    const many = filesTable(comparisonOf(["a", "a", ..."bcdefgh"]));
    expect(many.rows[0]?.[2]).toBe("2 builds agree; build-3, build-4, build-5, build-6, build-7 and 2 more differ");
  });

  test.each([
    [[1], "█".repeat(32)],
    [[0, 1], "░".repeat(16) + "█".repeat(16)],
    [[...new Array(63).fill(0), 0.1], `${"░".repeat(31)}▒`],
  ])("draws %j as a bar without spaces", (buckets, bar) => {
    const table = barsTable(comparisonOf(["a", "b"], { explanations: [explained("tool", [], buckets)] }));
    expect(table.rows).toEqual([["`tool`", `\`${bar}\``, `1 of ${buckets.length}`]]);
  });
});
