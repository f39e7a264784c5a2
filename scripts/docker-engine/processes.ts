import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isEngineOf } from "./variants.ts";

const POLL_INTERVAL_MS = 50;

/**
 * Finds the first process of the engine that works in `home`. It searches the process table,
 * which cannot be outdated like a pid file.
 */
export async function findEngineProcess(home: string): Promise<number | undefined> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const [program = "", ...args] = await commandLine(entry);
    const isFirst = path.basename(program) === "tini" || program === "/bin/sh";
    if (isFirst && isEngineOf(home, args)) return Number(entry);
  }
  return undefined;
}

/** Ends a process: sends SIGTERM, and after `graceMs` milliseconds SIGKILL. Resolves when the process is gone. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  const end = (signal: "SIGTERM" | "SIGKILL"): void => {
    if (isAlive(pid)) process.kill(pid, signal);
  };
  end("SIGTERM");
  const deadline = Date.now() + graceMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) end("SIGKILL");
    await sleep(POLL_INTERVAL_MS);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // The error is ESRCH (no such process). It cannot be EPERM, because this runs as root.
  }
}

async function commandLine(pid: string): Promise<string[]> {
  // A process that ends between listing and reading is treated as missing.
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
}
