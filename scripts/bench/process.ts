import { spawn } from "node:child_process";
import path from "node:path";

export interface Measured {
  /** The time from start to exit. */
  readonly ms: number;
  /** The largest resident set of the process, in MiB. */
  readonly peakMiB: number;
  readonly exitCode: number | null;
}

/** Runs a script under this Node and measures the whole process. */
export async function measureNode(
  script: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
  cwd?: string,
): Promise<Measured> {
  const started = performance.now();
  const reportMemory = path.join(import.meta.dirname, "report-memory.cjs");
  const child = spawn(process.execPath, ["--require", reportMemory, script, ...args], {
    env,
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  let report = "";
  child.stdio[3]?.on("data", (text: Buffer) => {
    report += text.toString();
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { ms: performance.now() - started, peakMiB: Number(report) / 1024, exitCode };
}
