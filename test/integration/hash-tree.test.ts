import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FOLDERS = 100;
const FILES = 1000;
/** Far less memory than reading all files at once would need. */
const MAX_HEAP_MIB = 128;

describeWith(["b3sum", "bash"], "a tree of 100,000 small files", () => {
  const root = temporaryFolder();
  beforeAll(() => {
    for (let folder = 0; folder < FOLDERS; folder += 1) {
      mkdirSync(path.join(root, `folder-${folder}`));
      for (let file = 0; file < FILES; file += 1) {
        writeFileSync(path.join(root, `folder-${folder}/file-${file}`), `file ${file} of folder ${folder}`);
      }
    }
  }, 120_000);

  test("has the hashes that b3sum gives, in bounded memory", async () => {
    const probe = path.join(import.meta.dirname, "hash-tree.probe.ts");
    const ours = await runCommand(process.execPath, [`--max-old-space-size=${MAX_HEAP_MIB}`, probe, root]);
    const line = "find . -type f -printf '%P\\n' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 b3sum --no-names";
    const theirs = await runCommand("bash", ["-o", "pipefail", "-c", line], { cwd: root });
    expect(theirs.stdout.split("\n")).toHaveLength(FOLDERS * FILES + 1);
    expect(ours.stdout === theirs.stdout).toBe(true); // The lists are too long for jest to show their difference.
  }, 120_000);
});
