import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { silentReporter } from "@release-actions/report";
import { checkMachine } from "../../../scripts/docker-engine/machine.ts";
import type { EnginePlace } from "../../../scripts/docker-engine/own-engine.ts";
import { startEngine } from "../../../scripts/docker-engine.ts";
import { workFolder } from "../../../scripts/folders.ts";
import { killIfRunning } from "../../support/kill.ts";

const missing = await checkMachine().then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing !== undefined && process.env["CI"] !== "true") console.warn(`skipped: ${missing}`);
const whereItCanRun = missing !== undefined && process.env["CI"] !== "true" ? describe.skip : describe;

whereItCanRun("the throwaway engine", () => {
  let place: EnginePlace;

  beforeEach(async () => {
    await mkdir(workFolder("engine"), { recursive: true });
    place = { variant: "overlay2", home: workFolder("engine", `t${process.pid}`) };
  });
  afterEach(() => rm(place.home, { recursive: true, force: true }));

  test("answers its own client, and leaves no process, mount or file when stopped", async () => {
    const engine = await startEngine("overlay2", silentReporter, place);
    const [command, ...args] = engine.client;
    const { stdout } = await runCommand(command, [...args, "info", "--format", "{{.Driver}} {{.DockerRootDir}}"]);
    expect(stdout.trim()).toBe(`overlay2 ${place.home}/data`);
    await engine.stop();
    expect(await leftOf(place.home)).toEqual({ processes: [], mounts: [], files: [] });
  });

  test("keeps its mounts to itself while it runs", async () => {
    await using _engine = await startEngine("overlay2", silentReporter, place);
    expect((await leftOf(place.home)).mounts).toEqual([]);
  });

  test("starts again on the files that a killed engine left (F85)", async () => {
    const killed = await startEngine("overlay2", silentReporter, place);
    const pids = (await leftOf(place.home)).processes;
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) killIfRunning(pid);
    await using again = await startEngine("overlay2", silentReporter, place);
    expect(again.version).toBe(killed.version);
  });

  test("is shared by users who start it at the same time, and stops with the last of them", async () => {
    const [first, second] = await Promise.all([
      startEngine("overlay2", silentReporter, place),
      startEngine("overlay2", silentReporter, place),
    ]);
    expect(first.client).toEqual(second.client);
    await first.stop();
    expect((await leftOf(place.home)).processes).not.toEqual([]);
    await second.stop();
    expect((await leftOf(place.home)).processes).toEqual([]);
  });

  test("does not wait for a user who was killed (F85)", async () => {
    const module = path.resolve(import.meta.dirname, "../../../scripts/docker-engine.ts");
    const script = `import { startEngine } from ${JSON.stringify(module)};
      import { silentReporter } from "@release-actions/report";
      await startEngine("overlay2", silentReporter, ${JSON.stringify(place)});
      process.kill(process.pid, "SIGKILL");`;
    const user = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname });
    const [, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      user.on("exit", (code, name) => resolve([code, name]));
    });
    expect(signal).toBe("SIGKILL");
    const engine = await startEngine("overlay2", silentReporter, place);
    await engine.stop();
    expect((await leftOf(place.home)).processes).toEqual([]);
  });
});

/** What is left of an engine: processes that name its folder, mounts in the folder, files in the folder. */
async function leftOf(home: string): Promise<{ processes: number[]; mounts: string[]; files: string[] }> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  return {
    processes: pids.filter((_, index) => lines[index]?.includes(home)).map(Number),
    mounts: mounts.filter((line) => line.includes(home)),
    files: await readdir(home).catch(() => []),
  };
}
