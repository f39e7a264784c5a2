import { describe, expect, test } from "@jest/globals";
import type { CommandRunner } from "@release-actions/command";
import { NO_HISTORY, openHistory } from "./history.ts";

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: unknown;
  readonly env: unknown;
}

/** A git with this output, and the arguments of its calls. */
function historyOf(stdout: string, exitCode = 0) {
  const calls: Call[] = [];
  const run: CommandRunner = async (program, args, options) => {
    calls.push({ program, args: args ?? [], input: options?.input, env: options?.env });
    return { exitCode, stdout, stderr: "" } as Awaited<ReturnType<CommandRunner>>; // The code under test only reads these fields.
  };
  return { calls, history: openHistory("/repo", run, { HOME: "/home/x", GIT_DIR: "/elsewhere" }) };
}

const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(40));

describe("changesOf", () => {
  test("returns the commits that have a parent, newest first", async () => {
    const { history, calls } = historyOf(`${A} ${B}\n${B} ${C}\n${C} \n`);
    expect(await history.changesOf(["Cargo.toml"], "version")).toEqual([A, B]);
    expect(calls[0]).toMatchObject({ program: "git", input: undefined });
    expect(calls[0]?.args.slice(0, 3)).toEqual(["-c", "safe.directory=/repo", "log"]);
    expect(calls[0]?.args).toEqual(expect.arrayContaining(["--no-merges", "-Gversion", "--max-count=60"]));
    expect(calls[0]?.args.slice(-2)).toEqual(["--", "Cargo.toml"]);
  });

  test("uses this repository, not the one in a variable", async () => {
    const { history, calls } = historyOf("");
    await history.changesOf(["a"], "b");
    expect(calls[0]?.env).toMatchObject({ HOME: "/home/x", GIT_DIR: undefined, GIT_OPTIONAL_LOCKS: "0" });
  });

  test("returns none outside of a repository, or without git", async () => {
    expect(await historyOf(`${A} ${B}\n`, 128).history.changesOf(["a"], "b")).toEqual([]);
    const none = openHistory("/repo", () => Promise.reject(new Error("spawn git ENOENT")), {});
    expect(await none.changesOf(["a"], "b")).toEqual([]);
    expect(await none.filesAt([{ revision: "HEAD", file: "a" }])).toEqual([undefined]);
  });
});

describe("filesAt", () => {
  const wanted = ["a", "b", "c"].map((file) => ({ revision: "HEAD", file }));

  test("reads objects in order, by their size in bytes", async () => {
    const text = "größer\nHEAD:./x missing\n";
    const output = `${A} blob ${Buffer.byteLength(text)}\n${text}\nHEAD:./b missing\n${B} blob 0\n\n`;
    const { history, calls } = historyOf(output);
    expect(await history.filesAt(wanted)).toEqual([text, undefined, ""]);
    expect(calls[0]).toMatchObject({ input: "HEAD:./a\nHEAD:./b\nHEAD:./c\n" });
    expect(calls[0]?.args.slice(-2)).toEqual(["cat-file", "--batch"]);
  });

  test("does not run git without files, and returns nothing when git fails", async () => {
    const { history, calls } = historyOf("");
    expect(await history.filesAt([])).toEqual([]);
    expect(calls).toEqual([]);
    expect(await historyOf(`${A} blob 1\nx\n`, 128).history.filesAt(wanted)).toEqual([undefined, undefined, undefined]);
  });
});

test("NO_HISTORY has no commits and no files", async () => {
  expect(await NO_HISTORY.changesOf(["a"], "b")).toEqual([]);
  expect(await NO_HISTORY.filesAt([{ revision: "HEAD", file: "a" }])).toEqual([undefined]);
});
