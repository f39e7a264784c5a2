// A small action for run.test.ts, which starts it as a process of its own, as a runner would.
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@release-actions/report";
import type { Contract } from "./contract.ts";
import { runAction } from "./run.ts";
import type { Runner } from "./runner.ts";

const contract = {
  name: "probe",
  inputs: { count: { kind: "number", default: "1" }, token: { kind: "secret" } },
  outputs: ["result"],
} as const satisfies Contract;

const scenarios: Record<string, (runner: Runner<typeof contract>) => Promise<void>> = {
  succeeds: async (runner) => {
    runner.summary.verdict("success", "Done");
    runner.setOutput("result", { lines: "a\nb" });
    runner.info("::error::not a command");
    runner.saveState("left", { by: "main" });
  },
  faults: async (runner) => {
    runner.setOutput("result", "known before");
    throw new Fault("it broke", { advice: "mend it", location: { file: "src/a.rs", line: 7 } });
  },
  fails: async (runner) => runner.fail("found something", "look at it"),
  "fails-with-a-verdict": async (runner) => {
    runner.summary.verdict("error", "Probe: 1 finding");
    runner.fail("found something", "look at it");
  },
  crashes: async () => {
    throw new TypeError("undefined is not an image");
  },
  "never-settles": () => new Promise(() => undefined),
  "throws-elsewhere": async () => {
    setTimeout(() => {
      throw new Error("in an event handler");
    }, 10);
    await new Promise((resolve) => setTimeout(resolve, 5000));
  },
  "leaves-a-connection": async () => {
    setInterval(() => undefined, 1000);
  },
  waits: async (runner) => {
    const folder = await runner.tempFolder("work");
    runner.info(`folder ${folder}`);
    await runner.exec(process.execPath, ["-e", "console.log('child', process.pid); setInterval(() => {}, 1000)"]);
  },
  "ignores-the-signal": async (runner) => {
    const folder = await runner.tempFolder("work");
    runner.info(`folder ${folder}`);
    console.log("child 0");
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  },
  "cleans-up-slowly": async (runner) => {
    const folder = await runner.tempFolder("work");
    runner.info(`folder ${folder}`);
    // Longer than a cancelled action may take to return.
    runner.onExit(() => new Promise((resolve) => setTimeout(resolve, 2500)));
    console.log("child 0");
    await sleep(20_000, undefined, { signal: runner.signal });
  },
  "exec-killed": async (runner) => {
    const kill = ["-e", "process.kill(process.pid, 'SIGKILL')"];
    const { exitCode } = await runner.exec(process.execPath, kill, { check: false });
    runner.setOutput("result", exitCode);
  },
  "exec-shows-environment": async (runner) => {
    const { stdout } = await runner.exec(process.execPath, ["-p", "JSON.stringify(Object.keys(process.env))"]);
    runner.setOutput("result", stdout);
  },
  "exec-missing": async (runner) => void (await runner.exec("no-such-tool", ["--version"])),
  "exec-says-commands": async (runner) => {
    await runner.exec(process.execPath, ["-e", "console.log('::set-output name=x::y'); console.error('##[error]z')"]);
  },
  "exec-input": async (runner) => {
    const { stdout } = await runner.exec("cat", ["-"], { input: "over stdin", onOutput: () => undefined });
    runner.setOutput("result", stdout);
  },
  "exec-ignores-input": async (runner) => {
    const { exitCode } = await runner.exec("true", [], { input: "x".repeat(1024 * 1024) });
    runner.setOutput("result", exitCode);
  },
  "exports-a-line-break": async (runner) => runner.exportVariable("A", "b\nLD_PRELOAD=x"),
  "unknown-output": async (runner) => runner.setOutput("reslut" as "result", "x"),
  "huge-output": async (runner) => runner.setOutput("result", "x".repeat(1024 * 1024 + 1)),
};

const scenario = scenarios[process.argv[2] ?? ""];
if (scenario === undefined) throw new Error("unknown scenario");
void runAction(contract, scenario);
