import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type CommandRunner, runCommand } from "@release-actions/command";
import type { GitOptions } from "@release-actions/git";
import { type GitServer, serveGit } from "@release-actions/git/fixture";
import { publishRevision, type Revision } from "./publish-revision.ts";
import { formulaPlace, openTap, readTapFile, type Tap } from "./tap.ts";

const TOKEN = "ghs_SECRET";
const me = { name: "Release", email: "release@acme.dev" };
let root: string;
let server: GitServer;

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@y", ...args], { cwd: root, encoding: "utf8" });

/** Pushes a commit of somebody else to the tap. */
function pushByOthers(file: string, text: string): void {
  rmSync(path.join(root, "other"), { recursive: true, force: true });
  git("clone", "--quiet", "tap.git", "other");
  writeFileSync(path.join(root, "other", file), text);
  git("-C", "other", "add", ".");
  git("-C", "other", "commit", "--quiet", "--message=by others");
  git("-C", "other", "push", "--quiet", "origin", "HEAD:main");
}
const inTap = (file: string): string => git("-C", "tap.git", "show", `main:${file}`);
const commits = (): string[] => git("-C", "tap.git", "log", "--format=%s", "main").trim().split("\n");

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "tap-"));
  git("init", "--quiet", "--bare", "--initial-branch=main", "tap.git");
  git("-C", "tap.git", "config", "http.receivepack", "true");
  server = await serveGit(root, TOKEN);
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

let clones = 0;
async function open(change: Partial<GitOptions> = {}): Promise<Tap> {
  const url = `${server.origin}/tap.git`;
  const access = { run: runCommand, env: process.env, url, token: TOKEN, wait: async () => undefined, ...change };
  clones += 1;
  return openTap(access, path.join(root, `clone-${clones}`), undefined);
}
const revision = (text: string): Revision => ({
  files: new Map([["Formula/widget.rb", text]]),
  message: "widget 1.2.3",
});

describe("publishRevision", () => {
  test("writes the first commit of an empty tap, with the given author", async () => {
    const tap = await open();
    const published = await publishRevision(tap, me, true, async () => revision("one\n"));
    expect(published).toMatchObject({ changed: true, pushed: true });
    expect(inTap("Formula/widget.rb")).toBe("one\n");
    expect(git("-C", "tap.git", "log", "-1", "--format=%H %an %ae %cn", "main").trim()).toBe(
      `${published.commit} Release release@acme.dev Release`,
    );
  });

  test("does nothing when the tap already has the content, and returns that commit", async () => {
    const first = await publishRevision(await open(), me, true, async () => revision("one\n"));
    const second = await publishRevision(await open(), me, true, async () => revision("one\n"));
    expect(second).toEqual({ commit: first.commit, changed: false, pushed: false });
    expect(commits()).toHaveLength(1);
  });

  test("commits without pushing when requested", async () => {
    const published = await publishRevision(await open(), me, false, async () => revision("one\n"));
    expect(published).toMatchObject({ changed: true, pushed: false });
    expect(published.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(() => inTap("Formula/widget.rb")).toThrow("main");
  });

  test("repeats its change on top of a push that came in between", async () => {
    await publishRevision(await open(), me, true, async () => revision("one\n"));
    const tap = await open();
    let rounds = 0;
    const published = await publishRevision(tap, me, true, async () => {
      rounds += 1;
      if (rounds <= 2) pushByOthers(`other-${rounds}.txt`, "x");
      return revision(`two, with ${(await readTapFile(tap, "other-1.txt")) ?? "nothing"}\n`);
    });
    expect(published.pushed).toBe(true);
    expect(rounds).toBe(3);
    expect(inTap("Formula/widget.rb")).toBe("two, with x\n");
    expect(commits()).toEqual(["widget 1.2.3", "by others", "by others", "widget 1.2.3"]);
  });

  test("gives up when others push first every time, and never forces a push", async () => {
    await publishRevision(await open(), me, true, async () => revision("one\n"));
    const waits: number[] = [];
    const tap = await open({ wait: async (ms: number) => void waits.push(ms) });
    let rounds = 0;
    const publishing = publishRevision(tap, me, true, async () => {
      rounds += 1;
      pushByOthers(`other-${rounds}.txt`, "x");
      return revision("two\n");
    });
    await expect(publishing).rejects.toMatchObject({
      message: expect.stringMatching(/^others pushed to http:.*tap\.git first, 6 times in a row$/),
      advice: "Run this job again.",
    });
    expect(rounds).toBe(6);
    // Each wait is longer, and random.
    expect(waits).toHaveLength(5);
    for (const [index, ms] of waits.entries()) {
      expect(ms).toBeGreaterThanOrEqual(200 * (index + 1));
      expect(ms).toBeLessThan(600 * (index + 1));
    }
    expect(inTap("Formula/widget.rb")).toBe("one\n");
  });

  test("does not retry when the tap's rules refuse the push", async () => {
    await publishRevision(await open(), me, true, async () => revision("one\n"));
    const hook = path.join(root, "tap.git/hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    let rounds = 0;
    const publishing = publishRevision(await open(), me, true, async () => {
      rounds += 1;
      return revision("two\n");
    });
    await expect(publishing).rejects.toMatchObject({
      message: expect.stringContaining("refuses the push to main"),
      advice: expect.stringContaining("can write the contents of the tap"),
      cause: expect.objectContaining({ message: expect.stringContaining("main is protected") }),
    });
    expect(rounds).toBe(1);
  });

  test("treats a push whose answer was lost as done", async () => {
    const losing: CommandRunner = async (command, args, options) => {
      const result = await runCommand(command, args, options);
      return args[0] === "push"
        ? { ...result, exitCode: 128, stderr: "fatal: the remote end hung up unexpectedly" }
        : result;
    };
    const published = await publishRevision(await open({ run: losing }), me, true, async () => revision("one\n"));
    expect(published.pushed).toBe(true);
    expect(commits()).toEqual(["widget 1.2.3"]);
  });

  test("notices when the tap shows different content after the push", async () => {
    const meddling: CommandRunner = async (command, args, options) => {
      const result = await runCommand(command, args, options);
      if (args[0] === "push") pushByOthers("Formula/widget.rb", "something else\n");
      return result;
    };
    const publishing = publishRevision(await open({ run: meddling }), me, true, async () => revision("one\n"));
    await expect(publishing).rejects.toThrow("the tap now shows different content");
  });

  test("does not leave the token in any file of the clone", async () => {
    const tap = await open();
    await publishRevision(tap, me, true, async () => revision("one\n"));
    const secrets = `${TOKEN}|${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;
    const search = await runCommand("grep", ["-rE", secrets, tap.folder], { check: false });
    expect(search).toMatchObject({ exitCode: 1, stdout: "", stderr: "" });
  });
});

describe("a tap", () => {
  /** A tap with these files; a text that begins with `->` is the target of a symbolic link. */
  async function withFiles(files: Readonly<Record<string, string>>): Promise<Tap> {
    git("clone", "--quiet", "tap.git", "maker");
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(root, "maker", file);
      mkdirSync(path.dirname(target), { recursive: true });
      if (text.startsWith("->")) symlinkSync(text.slice(2), target);
      else writeFileSync(target, text);
    }
    git("-C", "maker", "add", ".");
    git("-C", "maker", "commit", "--quiet", "--message=first");
    git("-C", "maker", "push", "--quiet", "origin", "HEAD:main");
    return open();
  }

  test("has its formulae where brew finds them, even behind links and with non-ASCII names", async () => {
    const tap = await withFiles({
      HomebrewFormula: "->pkg/brew",
      "pkg/brew/widget.rb": "x",
      "pkg/brew/über\nmorgen.rb": "x",
      "bin/run": "x",
    });
    expect(await formulaPlace(tap, "widget.rb")).toEqual({ path: "pkg/brew/widget.rb", current: "pkg/brew/widget.rb" });
    expect(await formulaPlace(tap, "über\nmorgen.rb")).toMatchObject({ current: "pkg/brew/über\nmorgen.rb" });
    expect(await formulaPlace(tap, "new.rb")).toEqual({ path: "pkg/brew/new.rb", current: undefined });
  });

  test("refuses a formula with the name of an alias or of a rename", async () => {
    const tap = await withFiles({
      "Formula/gadget.rb": "x",
      "Aliases/widget": "->../Formula/gadget.rb",
      "formula_renames.json": '{"old":"gadget"}',
    });
    await expect(formulaPlace(tap, "widget.rb")).rejects.toThrow("Aliases/widget of the tap maps widget to gadget");
    await expect(formulaPlace(tap, "old.rb")).rejects.toThrow("formula_renames.json of the tap maps old to gadget");
    await expect(formulaPlace(tap, "gadget.rb")).resolves.toMatchObject({ current: "Formula/gadget.rb" });
  });

  test("is refused with an invalid list of renames", async () => {
    const tap = await withFiles({ "Formula/gadget.rb": "x", "formula_renames.json": "[1]" });
    await expect(formulaPlace(tap, "widget.rb")).rejects.toThrow("formula_renames.json of the tap");
  });

  test("returns the text of a file, or undefined for a missing one, and refuses other kinds", async () => {
    const tap = await withFiles({ "Formula/widget.rb": "text\n", "link.rb": "->Formula/widget.rb" });
    expect(await readTapFile(tap, "Formula/widget.rb")).toBe("text\n");
    expect(await readTapFile(tap, "Formula/gadget.rb")).toBeUndefined();
    await expect(readTapFile(tap, "Formula")).rejects.toThrow("Formula of the tap is not a file");
    await expect(readTapFile(tap, "link.rb")).rejects.toThrow("link.rb of the tap is not a file");
    await expect(readTapFile(tap, "Formula/widget.rb/x")).rejects.toThrow("ENOTDIR");
  });

  test("is read from the requested branch, or else from its default branch", async () => {
    await withFiles({ "Formula/widget.rb": "main" });
    git("-C", "maker", "checkout", "--quiet", "-b", "next");
    writeFileSync(path.join(root, "maker/Formula/widget.rb"), "next");
    git("-C", "maker", "commit", "--quiet", "--all", "--message=next");
    git("-C", "maker", "push", "--quiet", "origin", "HEAD:next");
    const access = { run: runCommand, env: process.env, url: `${server.origin}/tap.git`, token: TOKEN };
    const next = await openTap(access, path.join(root, "of-next"), "next");
    expect([next.branch, await readTapFile(next, "Formula/widget.rb")]).toEqual(["next", "next"]);
    const own = await open();
    expect([own.branch, await readTapFile(own, "Formula/widget.rb")]).toEqual(["main", "main"]);
  });

  test("accepts a revision that moves a formula and has several files", async () => {
    await withFiles({ "Formula/Widget.rb": "one\n" });
    const tap = await open();
    const published = await publishRevision(tap, me, true, async () => ({
      files: new Map([
        ["Formula/widget.rb", "two\n"],
        ["a/b/c.txt", "new\n"],
      ]),
      moved: new Map([["Formula/widget.rb", "Formula/Widget.rb"]]),
      message: "widget 2",
    }));
    expect(published).toMatchObject({ changed: true, pushed: true });
    expect(git("-C", "tap.git", "ls-tree", "-r", "--name-only", "main").trim().split("\n")).toEqual([
      "Formula/widget.rb",
      "a/b/c.txt",
    ]);
    expect(inTap("Formula/widget.rb")).toBe("two\n");
  });

  test("is not changed by a revision without files", async () => {
    const tap = await withFiles({ "Formula/widget.rb": "one\n" });
    const [head] = git("-C", "tap.git", "rev-parse", "main").split("\n");
    const nothing = { files: new Map<string, string>(), message: "nothing" };
    expect(await publishRevision(tap, me, true, async () => nothing)).toEqual({
      commit: head,
      changed: false,
      pushed: false,
    });
    expect(readFileSync(path.join(tap.folder, "Formula/widget.rb"), "utf8")).toBe("one\n");
  });

  test("calls back after each pushed revision, and only then", async () => {
    const told: string[] = [];
    const publish = async (push: boolean, text: string) =>
      publishRevision(
        await open(),
        me,
        push,
        async () => revision(text),
        () => told.push(text),
      );
    await publish(true, "one\n");
    await publish(true, "one\n");
    await publish(false, "two\n");
    expect(told).toEqual(["one\n"]);
  });
});
