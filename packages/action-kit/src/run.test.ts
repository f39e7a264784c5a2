import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "action-kit-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly log: string;
  readonly ms: number;
  readonly output: string;
  readonly summary: string;
  readonly state: string;
}

async function run(scenario: string, env: Record<string, string> = {}, onLine?: (line: string, pid: number) => void) {
  const files = { GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary", GITHUB_STATE: "state", GITHUB_ENV: "env" };
  const commandFiles = Object.fromEntries(Object.entries(files).map(([key, name]) => [key, path.join(folder, name)]));
  for (const file of Object.values(commandFiles)) await writeFile(file, "");
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "run.probe.ts"), scenario], {
    env: { PATH: process.env["PATH"], GITHUB_WORKSPACE: process.cwd(), RUNNER_TEMP: folder, ...commandFiles, ...env },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      for (const line of text.split("\n")) onLine?.(line, child.pid ?? 0);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const text = (key: string): Promise<string> => readFile(commandFiles[key] ?? "", "utf8");
  const [output, summary, state] = await Promise.all([
    text("GITHUB_OUTPUT"),
    text("GITHUB_STEP_SUMMARY"),
    text("GITHUB_STATE"),
  ]);
  return { code, log, ms: performance.now() - started, output, summary, state } satisfies Ended;
}

describe("runAction", () => {
  test("ends successfully, and writes outputs, state and summary", async () => {
    const ended = await run("succeeds");
    expect(ended.code).toBe(0);
    expect(ended.output).toMatch(/^result<<ghadelimiter_.*\n\{"lines":"a\\nb"\}\n/);
    expect(ended.summary).toContain("### ✅ Done");
    expect(ended.state).toMatch(/^left<<.*\n\{"by":"main"\}\n/);
    expect(ended.log).not.toMatch(/^::error::not a command/m);
  });

  test("shows an error as an annotation on its file and line, and keeps outputs that were set before", async () => {
    const ended = await run("faults");
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("::error file=src/a.rs,line=7::it broke%0ANext: mend it");
    expect(ended.log).not.toContain("run.probe.ts");
    expect(ended.output).toContain("known before");
    expect(ended.summary).toBe("### ❌ probe failed\n\nsrc/a.rs:7: it broke<br>**Next:** mend it\n\n");
  });

  test("fails for a finding without stopping the body", async () => {
    const ended = await run("fails");
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("::error::found something%0ANext: look at it");
    expect(ended.summary).toContain("### ❌ probe failed\n\nfound something");
  });

  test("does not repeat the verdict in the summary", async () => {
    const ended = await run("fails-with-a-verdict");
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("::error::found something%0ANext: look at it");
    expect(ended.summary).toBe("### ❌ Probe: 1 finding\n\n");
  });

  test("shows the stack trace of a bug in the action", async () => {
    const ended = await run("crashes");
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("This is a bug in the action");
    expect(ended.log).toMatch(/at .*run\.probe\.ts/);
  });

  test("fails when a promise never settles (F87)", async () => {
    const ended = await run("never-settles");
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("ended without a result");
  });

  test("prints one error for a throw in an event handler (F88)", async () => {
    const ended = await run("throws-elsewhere");
    expect(ended.code).toBe(1);
    expect(ended.log.match(/^::error::/gm)).toHaveLength(1);
    expect(ended.log).toContain("in an event handler");
    expect(ended.ms).toBeLessThan(15_000);
  });

  test("exits although an open connection keeps the event loop alive (F08)", async () => {
    const ended = await run("leaves-a-connection");
    expect(ended.code).toBe(0);
    expect(ended.ms).toBeLessThan(15_000);
  });

  test("names a malformed input and never echoes a secret", async () => {
    const ended = await run("succeeds", { INPUT_COUNT: "many", INPUT_TOKEN: "s3cret" });
    expect(ended.code).toBe(1);
    expect(ended.log).toContain('input `count` is "many"');
    expect(ended.log.replace("::add-mask::s3cret", "")).not.toContain("s3cret");
  });

  test.each([
    ["SIGINT", 130, "waits"],
    ["SIGTERM", 143, "waits"],
    ["SIGINT", 130, "ignores-the-signal"],
    ["SIGINT", 130, "cleans-up-slowly"],
  ] as const)(
    "on %s exits with %d, stops its child processes and deletes its temporary files (F84, %s)",
    async (signal, code, scenario) => {
      let childPid = 0;
      const ended = await run(scenario, {}, (line, pid) => {
        const child = /^child (\d+)/.exec(line)?.[1];
        if (child === undefined) return;
        childPid = Number(child);
        process.kill(pid, signal);
      });
      expect(ended.code).toBe(code);
      if (childPid > 0) expect(() => process.kill(childPid, 0)).toThrow(/ESRCH/);
      const work = /folder (.*)/.exec(ended.log)?.[1] ?? "";
      expect(work).toContain("probe-work-");
      expect(existsSync(work)).toBe(false);
      expect((await readdir(folder)).filter((name) => name.startsWith("probe-"))).toEqual([]);
    },
  );

  test("refuses to export a variable with a line break (F137)", async () => {
    const ended = await run("exports-a-line-break");
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("A: a value with a line break is not passed on");
  });

  test.each([
    ["unknown-output", /output "reslut" is not in the action.yml/],
    ["huge-output", /output `result` has 1048577 bytes/],
  ])("refuses an %s (F92)", async (scenario, message) => {
    const ended = await run(scenario);
    expect(ended.code).toBe(1);
    expect(ended.log).toMatch(message);
  });
});

describe("runner.exec", () => {
  test("reports a child ended by SIGKILL as 137 (misleads 3)", async () => {
    expect((await run("exec-killed")).output).toMatch(/\n137\n/);
  });

  test("does not pass the step's secrets to a child process", async () => {
    const secrets = {
      DOCKER_PASSWORD: "a",
      MY_PAT: "b",
      github_token: "c",
      INPUT_TOKEN: "d",
      ACTIONS_RUNTIME_TOKEN: "e",
    };
    const { output } = await run("exec-shows-environment", { ...secrets, HTTPS_PROXY: "http://proxy:3128" });
    expect(output).toContain("HTTPS_PROXY");
    for (const name of Object.keys(secrets)) expect(output).not.toContain(name);
  });

  test("masks the password of a proxy before it logs anything", async () => {
    const { log } = await run("succeeds", { HTTPS_PROXY: "http://me:hunter2@proxy:3128" });
    expect(log.split("\n")[0]).toBe("::add-mask::hunter2");
  });

  test("names the missing program, with exit code 127 (F99)", async () => {
    const ended = await run("exec-missing");
    expect(ended.log).toContain("::error::`no-such-tool --version` failed with exit code 127");
  });

  test("shows a tool's output as text, without workflow commands (F136)", async () => {
    const ended = await run("exec-says-commands");
    expect(ended.log).toContain("set-output name=x");
    expect(ended.log).not.toMatch(/^::set-output|##\[error/m);
  });

  test("passes input on standard input", async () => {
    expect((await run("exec-input")).output).toContain("over stdin");
  });

  test("uses the exit code of a program that exits without reading its input", async () => {
    const ended = await run("exec-ignores-input");
    expect(ended.output).toMatch(/result<<.*\n0\n/);
    expect(ended.code).toBe(0);
  });
});
