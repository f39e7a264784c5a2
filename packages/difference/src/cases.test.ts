import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openFileSource } from "@release-actions/archive";
import type { Cause } from "./cause.ts";
import { explainDifference } from "./explain.ts";

const CASES = path.join(import.meta.dirname, "../../../test/fixtures/cases/repro");

/** The causes in a pair of files under `test/fixtures`. */
async function causesOf(folder: string, file: string): Promise<readonly Cause[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), "difference-"));
  const left = await openFileSource(path.join(CASES, folder, "1", file));
  const right = await openFileSource(path.join(CASES, folder, "2", file));
  try {
    return (await explainDifference([left, right], { scratch })).causes;
  } finally {
    await left.close();
    await right.close();
    rmSync(scratch, { recursive: true });
  }
}

describe("the cause in pairs of builds", () => {
  test.each([
    ["tar-xz-path", "app.tar.xz", "build-path", /app-1\.0\/bin\/app/, "/home/runner/work", "/home/alice/src/other"],
    ["tar-device", "rootfs.tar", "timestamp", /header of/, "2023-11-14T22:13:20Z", "2026-09-21T14:13:20Z"],
    ["tar-xattr", "rootfs.tar", "member-metadata", /SCHILY\.xattr\.user\.build/, "one", "two"],
    ["txt", "channel.txt", "embedded-text", /line 1/, "channel=beta", "channel=zeta"],
    ["ver", "app", "embedded-text", /\.rodata/, "built on h with 1.2.3-rc.1", "built on h with 1.2.4-rc.1"],
  ])("%s: %s", async (folder, file, kind, place, left, right) => {
    const causes = await causesOf(folder, file);
    expect(causes).toMatchObject([{ kind, left, right }]);
    expect(causes[0]?.place).toMatch(place);
  });

  test("reports three texts as three findings, each with both sides", async () => {
    const causes = await causesOf("texts-three", "app.bin");
    expect(causes.map(({ kind, left, right }) => [kind, left, right])).toEqual([
      ["embedded-text", "built on host fv-az1234-567", "built on host buildhost-99x"],
      ["embedded-text", "by user runner000", "by user builder77"],
      [
        "embedded-text",
        "from revision 4f1c9a8e7b6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b",
        "from revision 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
      ],
    ]);
  });
});
