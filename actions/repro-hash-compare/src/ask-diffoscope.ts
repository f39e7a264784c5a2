import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RandomAccessSource } from "@release-actions/archive";
import { findProgram } from "@release-actions/command";
import type { AskOther } from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";

/** For larger files diffoscope needs minutes of time and gigabytes of memory. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 60;
const TIMEOUT_SECONDS = 120;

/** A function that runs `diffoscope` on files of formats without a reader here; undefined when it is not available. */
export async function diffoscopeOf(runner: ActionRunner): Promise<AskOther | undefined> {
  const { inputs, env } = runner;
  if (inputs.diffoscope === "never") return undefined;
  const find = (): string | undefined => findProgram("diffoscope", env["PATH"]);
  if (find() === undefined && inputs.diffoscope === "install") await install(runner);
  const program = find();
  if (program === undefined) {
    if (inputs.diffoscope === "install")
      runner.problem({
        level: "warning",
        message: "diffoscope could not be installed: files of other formats are compared as bytes",
      });
    return undefined;
  }
  return async (name, sources) => await ask(runner, program, name, sources);
}

async function install(runner: ActionRunner): Promise<void> {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  await runner.group("Installing diffoscope", async () => {
    for (const args of [
      ["update", "-q"],
      ["install", "-q", "-y", "--no-install-recommends", "diffoscope-minimal"],
    ]) {
      const [command = "apt-get", ...rest] = [...sudo, "apt-get", ...args];
      await runner.exec(command, rest, { check: false });
    }
  });
}

async function ask(
  runner: ActionRunner,
  program: string,
  name: string,
  sources: readonly RandomAccessSource[],
): Promise<readonly string[]> {
  if (sources.some(({ size }) => size > MAX_BYTES)) return [];
  const folder = await mkdtemp(path.join(await runner.tempFolder("diffoscope"), "pair-"));
  try {
    const files = await Promise.all(
      sources.map(async (source, index) => {
        // diffoscope recognizes some formats by the file's name.
        const file = path.join(folder, index === 0 ? "one" : "other", path.basename(name));
        await mkdir(path.dirname(file));
        await pipeline(Readable.from(source.read(0, source.size)), createWriteStream(file));
        return file;
      }),
    );
    const args = ["--no-progress", "--max-text-report-size", "40000", "--text", "-", ...files];
    const options = {
      check: false,
      cwd: folder,
      onOutput: () => undefined,
      signal: AbortSignal.any([runner.signal, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]),
    };
    const { exitCode, stdout } = await runner.exec(program, args, options);
    // Exit code 1 means that there are differences; any other except 0 means that it failed.
    if (exitCode !== 1) return [];
    const lines = stdout.trimEnd().split("\n").slice(2);
    return lines.length > MAX_LINES
      ? [...lines.slice(0, MAX_LINES), `(${lines.length - MAX_LINES} more lines)`]
      : lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
