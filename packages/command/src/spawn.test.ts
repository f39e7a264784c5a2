import { describe, expect, test } from "@jest/globals";
import { CommandError } from "./command.ts";
import { runCommand } from "./spawn.ts";

const node = process.execPath;

describe("runCommand", () => {
  test("returns both output streams and passes the input on", async () => {
    const script = "process.stdin.pipe(process.stdout); process.stderr.write('warned')";
    const result = await runCommand(node, ["-e", script], { input: "from stdin" });
    expect(result).toEqual({ exitCode: 0, stdout: "from stdin", stderr: "warned" });
  });

  test("throws an error with the exit code and the program's output", async () => {
    const failing = runCommand(node, ["-e", "console.error('no such tap'); process.exit(3)"]);
    await expect(failing).rejects.toThrow(/failed with exit code 3:\nno such tap$/);
    await expect(failing).rejects.toBeInstanceOf(CommandError);
  });

  test("returns the exit code when the caller does not want it checked", async () => {
    const result = await runCommand(node, ["-e", "process.exit(3)"], { check: false });
    expect(result.exitCode).toBe(3);
  });

  test.each([
    ["SIGKILL", 137],
    ["SIGTERM", 143],
  ])("reports a child ended by %s as %d, as a shell does (misleads 3)", async (signal, exitCode) => {
    const result = await runCommand(node, ["-e", `process.kill(process.pid, "${signal}")`], { check: false });
    expect(result.exitCode).toBe(exitCode);
  });

  test("reports a program that is missing as 127 and one that is not executable as 126 (misleads 3)", async () => {
    expect((await runCommand("/nowhere/tool", [], { check: false })).exitCode).toBe(127);
    expect((await runCommand(import.meta.filename, [], { check: false })).exitCode).toBe(126);
  });

  test("stops the child when the signal is aborted", async () => {
    const controller = new AbortController();
    const running = runCommand(node, ["-e", "console.log('up'); setInterval(() => {}, 1000)"], {
      signal: controller.signal,
      onOutput: () => controller.abort(new Error("cancelled")),
    });
    await expect(running).rejects.toThrow("cancelled");
  });
});
