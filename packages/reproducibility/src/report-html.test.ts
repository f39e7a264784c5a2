import { describe, expect, test } from "@jest/globals";
import type { Build } from "./build.ts";
import { compareBuilds } from "./compare.ts";
import { htmlReport } from "./report-html.ts";

const digest = (letter: string): string => letter.repeat(64);

function buildOf(name: string, files: Readonly<Record<string, string>>): Build {
  const recorded = Object.entries(files).map(
    ([path, letter]) => [path, { kind: "file", size: 1, digests: { blake3: digest(letter) } }] as const,
  );
  return { name, isPartial: false, context: new Map(), files: new Map(recorded), open: async () => undefined };
}

function reportOf(count: number, equalFiles: number): string {
  const equal = Object.fromEntries(Array.from({ length: equalFiles }, (_, index) => [`same-${index}`, "a"]));
  const builds = Array.from({ length: count }, (_, index) =>
    buildOf(`build-${index}`, { ...equal, tool: index < count - 2 ? "a" : String(index % 10) }),
  );
  const verdicts = compareBuilds(builds, () => ({ severity: "error", reason: undefined }));
  return htmlReport({ builds, contexts: [], verdicts, explanations: [] }, "report");
}

describe("the HTML report", () => {
  test("has a column for each build when there are few", () => {
    const page = reportOf(3, 2);
    expect(page).toContain("<th>file</th><th></th><th>build-0</th><th>build-1</th><th>build-2</th>");
    expect(page).toContain("same-1");
    expect(page).not.toContain("files are equal");
  });

  test("groups many builds by content", () => {
    const page = reportOf(20, 2);
    expect(page).toContain("<th>file</th><th></th><th>builds</th>");
    expect(page).toContain("= 18 builds<br><b>A</b> build-18<br><b>B</b> build-19");
  });

  test("collapses many equal files", () => {
    expect(reportOf(2, 21)).toContain("<summary>21 files are equal</summary>");
  });
});
