import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { chromium } from "playwright-core";
import { describeWith } from "../parts.ts";
import type { StepResult } from "../runner/job.ts";
import { Job } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";
import { startServer } from "../stand-in/http.ts";

const github = await startGitHub();
afterAll(() => github.close());

type Inputs = Readonly<Record<string, string>>;
type Files = Readonly<Record<string, string>>;

/** Runs the action in a workspace with these files. */
async function compare(files: Files, inputs: Inputs, prepare?: (job: Job) => Promise<unknown>): Promise<StepResult> {
  await using job = await Job.open();
  job.write(files);
  await prepare?.(job);
  return await job.step("repro-hash-compare", { inputs });
}

function kinds(step: StepResult): unknown[] {
  return JSON.parse(step.outputs["causes"] ?? "[]").map(({ kind }: { kind: string }) => kind);
}

const BUILT_IN = (folder: string): string => JSON.stringify({ root: `/home/runner/${folder}/src`, items: [1, 2, 3] });

describe("repro-hash-compare in one job", () => {
  test("equal folders are reproducible", async () => {
    const step = await compare({ "a/x": "1", "a/d/y": "2", "b/x": "1", "b/d/y": "2" }, { paths: "a", against: "b" });
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toMatchObject({ reproducible: "true", compared: "2", mismatches: "[]", causes: "[]" });
    expect(step.summary).toContain("<details><summary>2 files</summary>");
  });

  test("a differing file fails with the cause and its remedy (F125)", async () => {
    const files = { "a/x.json": BUILT_IN("one"), "b/x.json": BUILT_IN("second") };
    const step = await compare(files, { paths: "a", against: "b", report: "out/report.html" });
    expect(step.conclusion).toBe("failure");
    expect(step.outputs).toMatchObject({ reproducible: "false", compared: "1" });
    expect(kinds(step)).toEqual(["build-path"]);
    expect(step.annotations[0]?.message).toMatch(
      /x\.json differs \(content\).*a path of the build machine.*--remap-path-prefix=\/home\/runner\/one=src/s,
    );
    expect(step.summary).toContain("--remap-path-prefix=/home/runner/second=src");
  });

  test.each<[string, (workspace: string) => Promise<unknown>, string]>([
    ["mode", (workspace) => chmod(path.join(workspace, "b/x"), 0o755), "mode"],
    ["missing", (workspace) => writeFile(path.join(workspace, "b/extra"), "new"), "missing"],
    ["link", (workspace) => runCommand("bash", ["-c", "ln -s x a/l; ln -s y b/l"], { cwd: workspace }), "link"],
    ["kind", (workspace) => runCommand("bash", ["-c", "ln -s x a/l; echo x > b/l"], { cwd: workspace }), "kind"],
    ["empty", (workspace) => runCommand("bash", ["-c", ": > a/e; : > b/e"], { cwd: workspace }), "empty"],
  ])("a difference of kind %s counts, too (F124)", async (_name, change, kind) => {
    const files = { "a/x": "1", "b/x": "1" };
    const step = await compare(files, { paths: "a", against: "b" }, ({ workspace }) => change(workspace));
    expect(step.conclusion).toBe("failure");
    expect(kinds(step)).toEqual([kind]);
  });

  test("warn-for, strict-for and ignore decide which differences count, until they expire", async () => {
    const files = { "a/musl": "1", "b/musl": "2", "a/gnu": "1", "b/gnu": "2", "a/log": "1", "b/log": "2" };
    const inputs = { paths: "a", against: "b", "warn-for": "gnu", ignore: "log until 2999-01-01 because it has times" };
    const strict = await compare(files, inputs);
    expect(strict.conclusion).toBe("failure");
    const levels = (step: StepResult): unknown =>
      Object.fromEntries(step.annotations.map(({ level, message }) => [message.split(" ")[0], level]));
    expect(levels(strict)).toMatchObject({ musl: "error", gnu: "warning", log: "notice" });
    expect((await compare(files, { ...inputs, mode: "warn" })).conclusion).toBe("success");
    expect((await compare(files, { ...inputs, mode: "warn", "strict-for": "musl" })).conclusion).toBe("failure");
    const expired = await compare(files, { ...inputs, ignore: "*\nlog until 2020-01-01".split("\n")[1] ?? "" });
    expect(levels(expired)).toMatchObject({ log: "error" });
    expect(JSON.stringify(expired.annotations)).toContain("has expired");
    expect((await compare(files, { ...inputs, ignore: "log until tomorrow" })).annotations[0]?.message).toContain(
      "expected <glob> [until",
    );
  });

  test("in the other folder, only files that `paths` could match are compared", async () => {
    const files = { "a/app": "1", "a/app.d": "x", "b/app": "1", "b/app.d": "y" };
    expect((await compare(files, { paths: "a/app", against: "b" })).outputs).toMatchObject({
      compared: "1",
      reproducible: "true",
    });
  });

  test("lines with `!` exclude files on both sides, and a rule that matches no file is reported", async () => {
    const files = { "a/app": "1", "a/app.log": "x", "b/app": "1", "b/app.log": "y", "c=d/app": "1" };
    const inputs = { paths: "a/**\n!a/**/*.log", against: "b\nc=d", ignore: "*.logs because it has times" };
    const step = await compare(files, inputs);
    expect(step.outputs).toMatchObject({ compared: "1", reproducible: "true" });
    expect(step.annotations).toMatchObject([{ level: "notice", message: expect.stringContaining('"*.logs because') }]);
  });

  test("a record is accepted by b3sum --check and sha256sum --check", async () => {
    await using job = await Job.open({
      env: { RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? path.join(homedir(), ".rustup") },
    });
    job.write({ "out/a": "1", "out/sub/b c": "2" });
    const step = await job.step("repro-hash-compare", {
      inputs: { paths: "out", record: "rec/manifest.json", algorithm: "both" },
    });
    expect(step.outputs).toEqual({ manifest: job.file("rec/manifest.json") });
    for (const [tool, list] of [
      ["b3sum", "B3SUMS"],
      ["sha256sum", "SHA256SUMS"],
    ] as const) {
      await runCommand(tool, ["--check", job.file("rec", list)], {
        cwd: job.file("out"),
      });
    }
    const manifest = JSON.parse(await readFile(job.file("rec/manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ version: 1, context: { rustc: expect.stringContaining("rustc ") } });
    const again = await job.step("repro-hash-compare", {
      inputs: { paths: "out", against: "rec/manifest.json\nrec/SHA256SUMS", algorithm: "both" },
    });
    expect(again.outputs).toMatchObject({ reproducible: "true", compared: "2" });
  });

  test("a released file that was not built is not a difference, but a built file that was not released is (misleads 14)", async () => {
    const hex = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"; // sha256 of "1"
    const list = (name: string): string => `${hex}  ${name}\n${"0".repeat(64)}  other-platform\n`;
    const inputs = { paths: "a", against: "SHA256SUMS", algorithm: "sha256" };
    expect((await compare({ "a/x": "1", SHA256SUMS: list("x") }, inputs)).outputs).toMatchObject({
      reproducible: "true",
    });
    const absent = await compare({ "a/x": "1", SHA256SUMS: list("y") }, inputs);
    expect(absent.conclusion).toBe("failure");
    expect(kinds(absent)).toEqual(["missing"]);
    // A digest of 64 hex digits can be SHA-256 or BLAKE3, whichever algorithm was recorded.
    const otherAlgorithm = await compare({ "a/x": "1", SHA256SUMS: list("x") }, { ...inputs, algorithm: "blake3" });
    expect(otherAlgorithm.outputs).toMatchObject({ reproducible: "true" });
  });

  test.each([
    ...["gnu.txt", "star.txt", "bsd.txt", "openssl.txt", "upper.txt", "bom.txt", "crlf.txt", "tab.txt", "b3.txt"],
    ...["pwsh.txt", "utf16.txt", "twice.txt", "plain.sha256", "SHA256SUMS.asc"],
  ])("reads the checksum list %s, and finds the file equal", async (list) => {
    const folder = path.join(import.meta.dirname, "../fixtures/cases/repro/sums");
    const step = await compare({}, { paths: "built/plain", against: `list=${list}` }, async ({ workspace }) => {
      await mkdir(path.join(workspace, "built"));
      await writeFile(path.join(workspace, "built/plain"), readFileSync(path.join(folder, "plain")));
      await writeFile(path.join(workspace, list), readFileSync(path.join(folder, list)));
    });
    expect(step.outputs).toMatchObject({ reproducible: "true", compared: "1" });
  });

  test("a file whose name globs could miss is compared like any other", async () => {
    const names = ["line\nfeed", "[x]*", "{a,b}", "\u202eevil", " leading", "-dash", ".hidden", "back\\slash", "(x|y)"];
    for (const name of names) {
      const step = await compare({ [`a/${name}`]: "1", [`b/${name}`]: "2" }, { paths: "a/**", against: "b" });
      expect(JSON.parse(step.outputs["mismatches"] ?? "[]")).toMatchObject([{ path: name, kind: "content" }]);
    }
  });

  test("thousands of differences fit into the outputs, and the report has all of them", async () => {
    const count = 4500;
    const sides = ["a", "b"].flatMap((side) =>
      Array.from({ length: count }, (_none, index) => [
        `${side}/some/folder/file-number-${index}.txt`,
        `${side}${index}`,
      ]),
    );
    const inputs = { paths: "a", against: "b", mode: "warn", report: "out/report.html" };
    const step = await compare(Object.fromEntries(sides), inputs);
    expect(step.conclusion).toBe("success");
    expect(step.outputs["mismatch-count"]).toBe(String(count));
    expect((step.outputs["mismatches"] ?? "").length).toBeLessThan(200_000);
    expect(step.summary).toContain(`${count - 50} more files differ and were not compared in detail`);
  }, 60_000);

  test("checksums of a release are fetched, and an invalid answer is refused (F123)", async () => {
    const hex = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"; // sha256 of "1"
    await using server = await startServer((request, response) => {
      response.statusCode = request.url === "/SHA256SUMS" ? 200 : 404;
      response.end(request.url === "/SHA256SUMS" ? `${hex}  x\n` : "<html>not found</html>");
    });
    const inputs = (file: string): Inputs => ({
      paths: "a",
      against: `released=${server.origin}/${file}`,
      algorithm: "sha256",
    });
    expect((await compare({ "a/x": "1" }, inputs("SHA256SUMS"))).outputs).toMatchObject({ reproducible: "true" });
    expect((await compare({ "a/x": "1" }, inputs("absent"))).annotations[0]?.message).toMatch(
      /answered 404, expected a list of checksums/,
    );
    const plain = await compare({ "a/x": "1" }, { paths: "a", against: "http://example.org/SHA256SUMS" });
    expect(plain.annotations[0]?.message).toMatch(/is not https/);
  });

  test.each<[string, Files, Inputs, RegExp]>([
    ["nothing to do", {}, {}, /neither `paths` nor `against`/],
    ["a pattern that matches nothing", { "a/x": "1" }, { paths: "a/*.bin" }, /`a\/\*\.bin` names nothing to hash/],
    ["a folder that does not exist", {}, { paths: "absent" }, /does not exist/],
    ["two files with the same path", { "a/x": "1", "b/x": "2" }, { paths: "a/*\nb/*" }, /would both be recorded as x/],
    [
      "a manifest without files",
      { "a/x": "1", "m.json": '{"format":"build-manifest","version":1,"context":{},"files":[]}' },
      { paths: "a", against: "m.json" },
      /it lists no files/,
    ],
    [
      "an empty checksum list",
      { "a/x": "1", SHA256SUMS: "" },
      { paths: "a", against: "SHA256SUMS" },
      /holds no checksums/,
    ],
    [
      "an artifact without a runner's service",
      { "a/x": "1" },
      { paths: "a", against: "record-*" },
      /ACTIONS_RESULTS_URL is not set/,
    ],
    [
      "the same file for two results",
      { "a/x": "1" },
      { paths: "a", against: "a", record: "out/x.json", report: "out/x.html" },
      /`record` and `report` would both write .*out\/x\.json/,
    ],
    [
      "a date that does not exist",
      { "a/x": "1" },
      { paths: "a", ignore: "x until 2026-02-30" },
      /expected <glob> \[until/,
    ],
    ["a context without a value", { "a/x": "1" }, { paths: "a", context: "target" }, /expected key=value/],
  ])("refuses %s", async (_name, files, inputs, message) => {
    const step = await compare(files, inputs);
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toMatch(message);
  });
});

describe("repro-hash-compare across jobs", () => {
  test("one job compares the records of three others, and names the outlier", async () => {
    const run = github.addRun();
    const inJob = async (files: Files, inputs: Inputs): Promise<StepResult> => {
      await using job = await Job.open({ env: github.env(run) });
      job.write(files);
      return await job.step("repro-hash-compare", { inputs });
    };
    for (const [name, folder, command] of [
      ["one", "same", "-p a"],
      ["two", "same", "-p a"],
      ["three", "other", "-p a -p b"],
    ] as const) {
      const inputs = { paths: "out", "upload-as": `record-${name}`, context: `build-command=cargo build ${command}` };
      const step = await inJob({ "out/app.json": BUILT_IN(folder), "out/same": "1" }, inputs);
      expect([step.conclusion, step.annotations]).toEqual(["success", []]);
    }
    const step = await inJob({}, { against: "record-*" });
    expect(step.conclusion).toBe("failure");
    expect(JSON.parse(step.outputs["mismatches"] ?? "")).toEqual([
      expect.objectContaining({
        path: "app.json",
        agreements: [
          { what: expect.stringMatching(/^blake3:/), builds: ["record-one", "record-two"] },
          { what: expect.stringMatching(/^blake3:/), builds: ["record-three"] },
        ],
      }),
    ]);
    expect(kinds(step)).toEqual(["build-context:build-command", "build-path"]);
    expect(step.annotations[0]).toMatchObject({
      level: "warning",
      message: expect.stringContaining("record-three: cargo build -p a -p b"),
    });
    const none = await inJob({}, { against: "absent-*" });
    expect(none.annotations[0]?.message).toMatch(/or an artifact of this run \(.*record-one/);
  }, 60_000);
});

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) =>
  existsSync(file),
);

describeWith(["chromium"], "the HTML report in a browser", () => {
  test("shows the causes, logs no error and makes no request", async () => {
    const job = await Job.open();
    const browser = await chromium.launch({
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      args: ["--no-sandbox"],
    });
    try {
      const name = "<img src=x onerror=alert(1)>.json";
      job.write({
        [`a/${name}`]: BUILT_IN("one"),
        [`b/${name}`]: BUILT_IN("second"),
        "a/same": "1",
        "b/same": "1",
      });
      const inputs = { paths: "a", against: "b", report: "report.html", context: "target=x" };
      const step = await job.step("repro-hash-compare", { inputs });
      const page = await browser.newPage();
      const said: string[] = [];
      const asked: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(error.message));
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(`file://${step.outputs["report"]}`);
      const text = await page.locator("body").textContent();
      expect(text).toContain("Not reproducible: 1 of 2 files differs between 2 builds.");
      expect(text).toContain("a path of the build machine");
      expect(text).toContain("--remap-path-prefix=/home/runner/one=src");
      expect(text).toContain(name);
      expect(await page.locator(".bar i").count()).toBeGreaterThan(10);
      expect(said).toEqual([]);
      expect(asked).toEqual([`file://${step.outputs["report"]}`]);
      const screenshot = path.join(import.meta.dirname, "../../.work/screenshots/repro-hash-compare.png");
      await mkdir(path.dirname(screenshot), { recursive: true });
      await page.screenshot({ path: screenshot, fullPage: true });
      expect(readFileSync(screenshot).length).toBeGreaterThan(10_000);
    } finally {
      await browser.close();
      await job.close();
    }
  }, 60_000);
});
