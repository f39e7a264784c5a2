import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type CommandResult, runCommand } from "@release-actions/command";
import type { FileTree } from "@release-actions/example-product";
import { copyRepository } from "../../support/repository-copy.ts";

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);

describe("a new action, made in a clone of this repository", () => {
  let clone: FileTree;
  const node = (...args: string[]): Promise<CommandResult> =>
    runCommand(process.execPath, args, { cwd: clone.root, env: { ...process.env, CI: undefined }, check: false });

  beforeAll(async () => {
    clone = await copyRepository();
    const made = await node("scripts/bootstrap.mjs", "new-action", "count-lines");
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Next: describe it") });
  });
  afterAll(() => clone[Symbol.dispose]());

  test("is linked, formatted, typed, and its generated files are up to date", async () => {
    const { stdout } = await node("scripts/bootstrap.mjs", "check");
    const passed = stdout.match(/(?<=^ok: ).*$/gm);
    expect(passed).toEqual(expect.arrayContaining(["format and lint", "types", "generated files"]));
    // The check may find other problems, but none with this action.
    expect(stdout).not.toContain("count-lines");
    const index = readFileSync(clone.path("action-index.md"), "utf8");
    expect(index).toContain("uses: org/actions/count-lines@v1");
  });

  test("is bundled, and its unit and integration tests pass", async () => {
    await node("scripts/build.ts", "count-lines");
    const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "count-lines"];
    const { stderr } = await node(...jest);
    expect(stderr).toContain("Test Suites: 2 passed, 2 total");
  });

  test("has the changeset that its first release needs", () => {
    const changeset = readFileSync(clone.path(".changeset/count-lines.md"), "utf8");
    expect(changeset).toContain('"@release-actions/count-lines": major');
  });

  test.each([
    ["a name that is taken", "count-lines", "actions/count-lines exists already"],
    ["a name in capitals", "CountLines", '"CountLines" is not a valid name for an action'],
    ["one word", "count", '"count" is not a valid name for an action'],
    ["a path", "../count-lines", '"../count-lines" is not a valid name for an action'],
    ["nothing", "", '"" is not a valid name for an action'],
  ])("is refused for %s", async (_case, name, message) => {
    const { exitCode, stderr } = await node("scripts/new-action.ts", name);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
  });
});
