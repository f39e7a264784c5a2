import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { hashFiles, listTree } from "@release-actions/digest";
import { describeWith } from "../parts.ts";

const FOLDERS = 100;
const FILES = 1000;

describeWith(["b3sum", "bash"], "a tree of 100,000 small files", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), "many-"));
    for (let folder = 0; folder < FOLDERS; folder += 1) {
      mkdirSync(path.join(root, `folder-${folder}`));
      for (let file = 0; file < FILES; file += 1) {
        writeFileSync(path.join(root, `folder-${folder}/file-${file}`), `file ${file} of folder ${folder}`);
      }
    }
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true }));

  test("has the hashes b3sum gives, in flat memory", async () => {
    const before = process.memoryUsage.rss();
    const entries = listTree(root);
    expect(entries).toHaveLength(FOLDERS * FILES);
    const files = entries.flatMap((entry) =>
      entry.kind === "file" ? [{ path: path.join(root, entry.path), size: entry.size }] : [],
    );
    const hashes = await hashFiles(files);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 ** 2);
    const line = "find . -type f -printf '%P\\n' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 b3sum --no-names";
    const { stdout } = await runCommand("bash", ["-o", "pipefail", "-c", line], { cwd: root });
    expect(hashes.map(({ blake3 }) => `${blake3}\n`).join("")).toBe(stdout);
  }, 120_000);
});
