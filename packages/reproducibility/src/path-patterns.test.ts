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
    ["a file, written before", ["!dist/app", "dist/*"], ["app.log"]],
    ["an extended glob", ["dist/!(*.log|sub)"], ["app"]],
    ["a name that is there", ["!odd"], ["y"]],
  ])("with `!` take out what others name: %s", async (_name, patterns, names) => {
    expect(await recorded(patterns)).toEqual(names);
  });

  test("of another folder the same is looked for", () => {
    const isSelected = selectedBy(["dist/**", "!dist/**/*.log"], folder);
    expect(["app", "app.log", "sub/x.log", "new"].filter(isSelected)).toEqual(["app", "new"]);
  });

  test("that leave nothing are refused", async () => {
    await expect(recorded(["dist/**", "!dist/**"])).rejects.toThrow(/take out every file/);
    await expect(recorded(["!dist/**"])).rejects.toThrow(/take out every file/);
  });

  test("leave out what cannot be compared, with a warning that names it", async () => {
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
