import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** How a runner cancels: SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL. */
const CANCELLATION = [
  [0, "SIGINT"],
  [7500, "SIGTERM"],
  [10_000, "SIGKILL"],
] as const;

export interface Stop {
  /** A pattern for the first line of output that triggers the stop, or a function that gets `stop` and calls it. */
  readonly when: RegExp | ((stop: () => void) => void);
  /** `cancel` does what a runner does on cancellation. A signal is sent once. Default: `cancel`. */
  readonly by?: "cancel" | NodeJS.Signals;
}

export interface ProcessResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stopped: boolean;
  /** The time from the first signal to the end of the process, in milliseconds. */
  readonly stopMs: number | undefined;
  readonly durationMs: number;
  /** The peak of the resident memory in bytes; undefined where /proc is missing. */
  readonly peakRss: number | undefined;
}

/** Runs a bundle to its end, and passes its output on line by line. */
export async function runNode(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly onLine: (line: string) => void;
    readonly stop: Stop | undefined;
  },
): Promise<ProcessResult> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timers: NodeJS.Timeout[] = [];
  let stoppedAt: number | undefined;
  const stop = (): void => {
    if (options.stop === undefined || stoppedAt !== undefined) return;
    stoppedAt = performance.now();
    timers.push(...stopChild(child, options.stop.by ?? "cancel"));
  };
  const when = options.stop?.when;
  if (typeof when === "function") when(stop);
  const drained = [child.stdout, child.stderr].map(async (stream) => {
    for await (const line of createInterface({ input: stream })) {
      options.onLine(line);
      if (when instanceof RegExp && when.test(line)) stop();
    }
  });
  let peakRss: number | undefined;
  const watch = setInterval(() => {
    peakRss = readPeakRss(child.pid) ?? peakRss;
  }, 25);
  try {
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve([code, signal]));
    });
    const [exitCode, signal] = await ended;
    await Promise.all(drained);
    const now = performance.now();
    const stopMs = stoppedAt === undefined ? undefined : now - stoppedAt;
    return { exitCode, signal, stopped: stoppedAt !== undefined, stopMs, durationMs: now - started, peakRss };
  } finally {
    clearInterval(watch);
    for (const timer of timers) clearTimeout(timer);
  }
}

function stopChild(child: ChildProcess, by: "cancel" | NodeJS.Signals): NodeJS.Timeout[] {
  const plan = by === "cancel" ? CANCELLATION : [[0, by] as const];
  return plan.map(([delay, signal]) => setTimeout(() => child.kill(signal), delay));
}

/** Reads the high-water mark of the memory. The kernel keeps it, so one read near the end is enough. */
function readPeakRss(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined; // Not Linux, or the process has just ended.
  }
}
