import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Problem, type Reporter, silentReporter } from "@release-actions/report";
import { selectedBy } from "./path-patterns.ts";
import { recordBuild } from "./record.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "patterns-"));
  for (const name of ["dist/app", "dist/app.log", "dist/sub/x", "dist/sub/x.log", "!odd/y", "other/z"]) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), name);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function recorded(patterns: readonly string[], reporter: Reporter = silentReporter): Promise<string[]> {
  const build = await recordBuild(patterns, folder, {
    name: "one",
    algorithms: ["sha256"],
    context: new Map(),
    reporter,
  });
  return [...build.files.keys()];
}

describe("lines of `paths`", () => {
  test.each([
    ["a glob", ["dist/**", "!dist/**/*.log"], ["app", "sub/x"]],
    ["a folder", ["dist", "!dist/sub"], ["app", "app.log"]],
    ["a file, in an earlier line", ["!dist/app", "dist/*"], ["app.log"]],
    ["an extended glob", ["dist/!(*.log|sub)"], ["app"]],
    ["a name of an existing file", ["!odd"], ["y"]],
  ])("with `!` exclude files of other lines: %s", async (_name, patterns, names) => {
    expect(await recorded(patterns)).toEqual(names);
  });

  test("select the same files in another folder", () => {
    const isSelected = selectedBy(["dist/**", "!dist/**/*.log"], folder);
    expect(["app", "app.log", "sub/x.log", "new"].filter(isSelected)).toEqual(["app", "new"]);
  });

  test("that exclude all files are refused", async () => {
    await expect(recorded(["dist/**", "!dist/**"])).rejects.toThrow(/exclude every file/);
    await expect(recorded(["!dist/**"])).rejects.toThrow(/exclude every file/);
  });

  test("skip files that cannot be compared, and warn about them", async () => {
    const root = path.join(folder, "odd-files");
    mkdirSync(path.join(root, "in"), { recursive: true });
    writeFileSync(path.join(root, "in/app"), "1");
    writeFileSync(path.join(root, "in/\uFFFD"), "a name of UTF-8");
    const latin = Buffer.concat([Buffer.from(`${root}/in/`), Buffer.from([0x66, 0xfc])]);
    writeFileSync(latin, "");
    mkdirSync(Buffer.concat([latin, Buffer.from("d")]));
    execFileSync("mkfifo", [path.join(root, "in/fifo")]);
    const said: Problem[] = [];
    const reporter = { ...silentReporter, problem: (problem: Problem) => said.push(problem) };
    expect(await recorded(["odd-files/in"], reporter)).toEqual(["app", "\uFFFD"]);
    expect(said.map(({ level }) => level)).toEqual(["warning", "warning", "warning"]);
    expect(said.map(({ message }) => message).join("\n")).toMatch(/fifo is neither a file.*: it is left out/);
    expect(said.map(({ message }) => message).join("\n")).toMatch(/has a name that is not UTF-8.*: it is left out/);
  });
});
