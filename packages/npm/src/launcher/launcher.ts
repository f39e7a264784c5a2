// Starts the program of this package for the machine it runs on. Made by `npm run generate` into launcher.gen.ts,
// from which every base package gets its own copy; so it has no dependencies, and runs on Node 16.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readSync, writeSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";

/** Stands before this file in the package. */
declare const LAUNCHER: {
  readonly name: string;
  /** The file name of the program, without `.exe`. */
  readonly binary: string;
  /** The variable that names another program to start. */
  readonly override: string;
  readonly platforms: readonly { os: string; cpu: string; libc?: string; package: string }[];
};

/** Why there is nothing to start, with the exit code that a shell would give. */
class LaunchError extends Error {
  readonly exitCode: number;

  constructor(exitCode: 126 | 127, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

const REASONS =
  "The usual reasons: the install left out optional dependencies (`--omit=optional`, `--no-optional`, " +
  "`optional=false` in a configuration file), or the lock file or node_modules was made on another platform. " +
  "Install again without that, or remove node_modules and the lock file first.";

/** The path of the program for this machine. Throws when the package that holds it is not installed. */
export function findBinary(): string {
  const override = process.env[LAUNCHER.override] || "";
  if (override !== "") {
    if (existsSync(override)) return override;
    throw new LaunchError(127, `${LAUNCHER.override} is ${override}, which does not exist`);
  }
  const here = `${process.platform}-${process.arch}`;
  const built = LAUNCHER.platforms.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
  const libc = built.some((platform) => platform.libc !== undefined) ? hostLibc() : undefined;
  const fitting = built.filter((platform) => !platform.libc || !libc || platform.libc === libc);
  if (fitting.length === 0) {
    const all = LAUNCHER.platforms.map(({ os, cpu, libc: c }) => [os, cpu, c].filter(Boolean).join("-")).join(", ");
    throw new LaunchError(127, `there is no build for ${libc ? `${here} with ${libc}` : here}, only for ${all}`);
  }
  const suffix = process.platform === "win32" ? ".exe" : "";
  for (const { package: name } of fitting) {
    const folder = folderOf(name);
    if (folder === undefined) continue;
    const file = path.join(folder, "bin", LAUNCHER.binary + suffix);
    if (existsSync(file)) return file;
    throw new LaunchError(127, `${file} is missing, though ${name} is installed: install the package again`);
  }
  const names = fitting.map(({ package: name }) => name).join(" or ");
  throw new LaunchError(127, `the package ${names}, which holds the program for ${here}, is not installed. ${REASONS}`);
}

/** As whoever installed us resolves packages: node_modules of any layout, or Yarn's Plug'n'Play. */
function folderOf(name: string): string | undefined {
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined; // Not installed, which is for the caller to tell.
  }
}

/** By the loader that Node itself asks for, which is in the first page of its file. Asking `process.report` takes longer. */
function hostLibc(): string | undefined {
  try {
    const file = openSync(process.execPath, "r");
    const head = Buffer.alloc(4096);
    readSync(file, head, 0, head.length, 0);
    closeSync(file);
    return head.includes("/ld-musl-")
      ? "musl"
      : head.includes("/ld-linux") || head.includes("/ld64")
        ? "glibc"
        : undefined;
  } catch {
    return undefined; // Then any build may be the one.
  }
}

/** Those that ask a process to do something. On Windows the console tells every process in it by itself. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32"
    ? ["SIGINT", "SIGBREAK", "SIGHUP", "SIGTERM"]
    : ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

function run(): void {
  let child: ChildProcess | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    // The keys of a terminal reach the child too, in the same process group: a second SIGINT means "at once" to many.
    const fromKeys = process.platform === "win32" ? signal !== "SIGTERM" : signal === "SIGINT" || signal === "SIGQUIT";
    if (!fromKeys || !hasTerminal()) child?.kill(signal);
  };
  // Before the child starts, so that none is lost between; handlers run only after this function.
  for (const signal of SIGNALS) process.on(signal, forward);
  const binary = findBinary();
  try {
    child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
  } catch (error) {
    // Node emits some errors of the system, and throws the others. All are of its own making, with a code.
    throw cannotRun(binary, error as NodeJS.ErrnoException);
  }
  child.on("error", (error) => fail(cannotRun(binary, error)));
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}

function hasTerminal(): boolean {
  if (process.platform === "win32") return true;
  // Loaded only when a signal comes: it takes time that every start would pay.
  return (require("node:tty") as typeof import("node:tty")).isatty(0);
}

function cannotRun(binary: string, error: NodeJS.ErrnoException): LaunchError {
  const { code } = error;
  if (code === "ENOENT" && !existsSync(binary)) return new LaunchError(127, `${binary} is missing`);
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "it is not executable, or lies on a file system that is mounted noexec",
    ENOENT: "the loader it needs is not on this system, as when it was built for another C library",
    ENOEXEC: "it is no program for this system",
  };
  return new LaunchError(126, `${binary} cannot run: ${(code && reasons[code]) ?? error.message}`);
}

function fail(error: unknown): void {
  if (!(error instanceof LaunchError)) throw error;
  // Not by a stream, which may be cut off by the exit.
  writeSync(2, `${LAUNCHER.name}: ${error.message}\n`);
  process.exit(error.exitCode);
}

if (require.main === module) {
  try {
    run();
  } catch (error) {
    fail(error);
  }
}
