// Checks the texts of this repository for spelling, and for phrases that a reader has to read twice.
import { mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { countOf } from "@release-actions/report";
import { findPhrases, wordsOf } from "./words/check.ts";
import { lineAt, readProse } from "./words/prose.ts";

const root = path.dirname(import.meta.dirname);
const cspell = path.join(root, "node_modules/.bin/cspell");

interface Place {
  readonly file: string;
  readonly offset: number;
}

let problems = 0;
const words = new Map<string, Place>();
for (const file of await listFiles()) {
  const prose = readProse(file, read(file));
  for (const { offset, found, instead } of findPhrases(prose)) report({ file, offset }, found, `write: ${instead}`);
  for (const [word, offset] of wordsOf(prose)) if (!words.has(word)) words.set(word, { file, offset });
}
const unknown = await unknownWords([...words.keys()]);
for (const [word, place] of words) {
  if (unknown.has(word)) report(place, word, "correct its spelling, or add it to scripts/words/dictionary.txt");
}
console.log(`${countOf(problems, "place")} to mend`);
process.exit(problems === 0 ? 0 : 1);

function report({ file, offset }: Place, found: string, advice: string): void {
  problems += 1;
  console.log(`${file}:${lineAt(read(file), offset)}: "${found}": ${advice}`);
}

function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

/** All files in git that people write, except fixtures, which come from others. */
async function listFiles(): Promise<readonly string[]> {
  const patterns = ["*.ts", "*.mjs", "*.md", "*.yml", ":!test/fixtures", ":!*.gen.ts", ":!scripts/words/*"];
  const { stdout } = await runCommand("git", ["ls-files", "-z", "--", ...patterns], { cwd: root });
  return stdout.split("\0").filter((file) => file !== "");
}

/** Gives cspell one file with each word once, which takes seconds. Checking all files takes half a minute. */
async function unknownWords(all: readonly string[]): Promise<ReadonlySet<string>> {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "words-"));
  const list = path.join(folder.path, "words.txt");
  writeFileSync(list, all.join("\n"));
  const args = ["lint", "--no-progress", "--no-summary", "--words-only", "--unique", "--config"];
  const { stdout } = await runCommand(cspell, [...args, path.join(root, "scripts/words/cspell.json"), list], {
    cwd: folder.path,
    check: false,
  });
  return new Set(stdout.split("\n"));
}
