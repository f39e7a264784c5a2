import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Mutant } from "./mutants.ts";
import { runMutants } from "./run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mutate-"));
  mkdirSync(path.join(folder, "src"));
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    path.join(folder, "src/add.ts"),
    "export const add = (a: number, b: number) => a + b;\nconst unused = 1;\nexport const more = () => unused + 1;\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeTest(expected: number): void {
  writeFileSync(
    path.join(folder, "src/add.test.ts"),
    `import { expect, test } from "@jest/globals";
import { add } from "./add.ts";
test("adds", () => expect(add(1, 2)).toBe(${expected}));
`,
  );
}

function mutant(was: string, replacement: string): Mutant {
  const file = path.join(folder, "src/add.ts");
  const start = readFileSync(file, "utf8").indexOf(was);
  return { file, start, end: start + was.length, replacement, reachedAt: start };
}

describe("runMutants", () => {
  test("says of each mutant, in their order, whether the tests notice it", async () => {
    writeTest(3);
    const mutants = [
      mutant("a + b", "a - b"),
      mutant("unused = 1", "unused = 2"),
      mutant("a + b", "process.reallyExit(0)"),
      mutant("a + b", "b - a"),
      mutant("a + b", "b + a"),
      mutant("unused + 1", "unused - 1"),
      mutant("a + b", "(() => { for (;;); })()"),
    ];
    const judged = await runMutants(folder, mutants, 1);
    expect(judged.map(({ verdict }) => verdict)).toEqual([
      "killed",
      "survived",
      "no answer",
      "killed",
      "survived",
      "unreached",
      "no answer",
    ]);
    expect(judged.map(({ mutant }) => mutant)).toEqual(mutants);
  }, 120_000);

  test("runs the tests that reach the code behind a branch with an await, whether it is taken or not", async () => {
    writeFileSync(
      path.join(folder, "src/add.ts"),
      "export const add = async (a: number, b: number) => {\n  const c = a > 0 ? a : await a;\n  return [c + b];\n};\n",
    );
    writeTest(3);
    const test = readFileSync(path.join(folder, "src/add.test.ts"), "utf8");
    writeFileSync(
      path.join(folder, "src/add.test.ts"),
      test.replace("expect(add(1, 2)).toBe(3)", "expect(add(1, 2)).resolves.toEqual([3])"),
    );
    const judged = await runMutants(folder, [mutant("c + b", "c - b"), mutant("await a", "0")], 1);
    expect(judged.map(({ verdict }) => verdict)).toEqual(["killed", "unreached"]);
  }, 60_000);

  test("runs the tests that reach a callback which an earlier test called thousands of times", async () => {
    writeFileSync(
      path.join(folder, "src/add.ts"),
      "const isText = (bytes: Uint8Array) => bytes.every((byte) => byte >= 0x20);\n" +
        "export const add = (a: number, b: number) => (isText(Uint8Array.of(a)) ? a : b);\n",
    );
    writeFileSync(
      path.join(folder, "src/add.test.ts"),
      `import { expect, test } from "@jest/globals";
import { add } from "./add.ts";
test("adds often", () => {
  for (let round = 0; round < 50_000; round += 1) add(0x30, 1);
});
test("adds", () => expect(add(0x20, 1)).toBe(0x20));
`,
    );
    const [judged] = await runMutants(folder, [mutant("0x20", "0x21")], 1);
    expect(judged?.verdict).toBe("killed");
  }, 60_000);

  test("refuses a package whose tests fail without a mutant", async () => {
    writeTest(4);
    await expect(runMutants(folder, [], 1)).rejects.toThrow(
      "fails without any change: src/add.test.ts: ROOT_DESCRIBE_BLOCK adds: Error: expect(received).toBe(expected)",
    );
  }, 60_000);
});
