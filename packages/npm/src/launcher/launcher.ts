// Starts the program of this package for the current machine. `npm run generate` writes this file to launcher.gen.ts,
// and every base package gets a copy of that, so it has no dependencies and supports Node 16.
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, existsSync, constants as modes, openSync, readSync, writeSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";

/** Defined at the top of the copy in each package. */
declare const LAUNCHER: {
  readonly name: string;
  /** The file name of the program, without `.exe`. */
  readonly binary: string;
  /** The environment variable that can name another program to start. */
  readonly override: string;
  readonly platforms: readonly {
    os: string;
    cpu: string;
    libc?: string;
    /** The oldest glibc that the program runs with, `2.28`. */
    glibc?: string;
    /** Whether the program needs no C library of the system. */
    isStatic?: boolean;
    package: string;
  }[];
};

/** The program cannot be started. The exit code is the one that a shell would give. */
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

type Platform = (typeof LAUNCHER.platforms)[number];

/** The path of the program for this machine. Throws when the package that holds it is not installed. */
export function findBinary(): string {
  const override = process.env[LAUNCHER.override] || "";
  if (override !== "") {
    if (existsSync(override)) return override;
    throw new LaunchError(127, `${LAUNCHER.override} is ${override}, which does not exist`);
  }
  const here = `${process.platform}-${process.arch}`;
  const [fitting, libc] = fittingPlatforms();
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
  const why =
    process.platform === "android"
      ? `npm does not install it on Android by itself: run \`npm install --force ${fitting[0]?.package}\`.`
      : REASONS;
  throw new LaunchError(127, `the package ${names}, which holds the program for ${here}, is not installed. ${why}`);
}

/** The builds that run on this machine, and its C library if the choice depends on it. */
function fittingPlatforms(): [Platform[], string | undefined] {
  if (process.platform === "android") {
    // Termux and similar: a Linux kernel with Android's own C library, on which only static programs run.
    return [
      LAUNCHER.platforms.filter(({ os, cpu, isStatic }) => os === "linux" && cpu === process.arch && isStatic),
      undefined,
    ];
  }
  const built = LAUNCHER.platforms.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
  const libc = built.some((platform) => platform.libc !== undefined) ? hostLibc() : undefined;
  return [built.filter((platform) => !platform.libc || !libc || platform.libc === libc), libc];
}

/** The folder of a package, resolved as the package manager does: in node_modules of any layout, or with Yarn's Plug'n'Play. */
function folderOf(name: string): string | undefined {
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined; // Not installed; the caller reports it.
  }
}

const HEAD_BYTES = 4096;

/** The first page of a file; undefined when it cannot be read. */
function headOf(file: string): Buffer | undefined {
  try {
    const opened = openSync(file, "r");
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, readSync(opened, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}

/**
 * The C library of this system, by the loader that the Node program itself names in its first page. `process.report`
 * would be slower.
 */
function hostLibc(): string | undefined {
  const head = headOf(process.execPath);
  if (head === undefined) return undefined; // The C library is unknown, so any build may fit.
  if (head.includes("/ld-musl-")) return "musl";
  return head.includes("/ld-linux") || head.includes("/ld64") ? "glibc" : undefined;
}

/** Every Node from 18 on needs this version itself, so older requirements need no check. */
const USUAL_GLIBC = "2.28";

/** Throws a clear error if the system's glibc is too old; the loader's own message is harder to understand. */
function requireGlibc(): void {
  if (process.platform !== "linux" || process.env[LAUNCHER.override]) return;
  const own = LAUNCHER.platforms.find(({ cpu, glibc }) => cpu === process.arch && glibc !== undefined);
  if (own?.glibc === undefined || !isOlder(USUAL_GLIBC, own.glibc)) return;
  // Another build for the same machine may be the one that starts.
  if (hostLibc() !== "glibc" || fittingPlatforms()[0][0] !== own) return;
  const { report } = process as {
    report?: { excludeNetwork?: boolean; getReport(): { header?: { glibcVersionRuntime?: string } } };
  };
  if (report === undefined) return;
  report.excludeNetwork = true;
  const here = report.getReport().header?.glibcVersionRuntime;
  if (here === undefined || !isOlder(here, own.glibc)) return;
  throw new LaunchError(
    126,
    `the program needs glibc ${own.glibc} or newer, and this system has ${here}: use a newer system, or an older release of ${LAUNCHER.name}`,
  );
}

/** Compares versions number by number. */
function isOlder(version: string, than: string): boolean {
  const [found, expected] = [version, than].map((text) => text.split(".").map(Number));
  const index = (expected || []).findIndex((part, at) => part !== ((found || [])[at] || 0));
  return index >= 0 && ((found || [])[index] || 0) < ((expected || [])[index] || 0);
}

/**
 * Whether the system will certainly start the file. If Node fails to replace itself, it cannot continue and ends with a
 * stack trace. In doubtful cases a child process is used instead, whose failure can be reported.
 */
function startsForCertain(file: string): boolean {
  try {
    accessSync(file, modes.X_OK);
  } catch {
    return false;
  }
  const head = headOf(file);
  const own = headOf(process.execPath);
  if (head === undefined || own === undefined) return false;
  const [, interpreter] = /^#![ \t]*(\/[^\s]+)/.exec(head.toString("latin1", 0, 256)) || [];
  if (interpreter !== undefined) return startsForCertain(interpreter);
  if (head.length < 64) return false;
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) {
    // The ELF file must have the class, byte order and machine of Node's own file, and its loader must exist (System V
    // ABI, "ELF Header").
    if (head.compare(own, 4, 6, 4, 6) !== 0 || head.compare(own, 18, 20, 18, 20) !== 0) return false;
    const [loader] = /\/[\w./-]*\/ld[\w.-]+/.exec(head.toString("latin1")) || [];
    return loader === undefined || existsSync(loader);
  }
  // The Mach-O file must be for the CPU of Node's own file; fat files are left to a child process.
  return magic === 0xcffaedfe && head.compare(own, 0, 8, 0, 8) === 0;
}

/**
 * Replaces this process with the program if Node supports it (22.15 and newer). Then there is only one process, which
 * gets every signal. Returns if that is not possible.
 */
function become(binary: string): void {
  const { execve } = process as { execve?: (file: string, args: readonly string[]) => never };
  if (execve === undefined || process.platform === "win32" || !startsForCertain(binary)) return;
  // Node ignores these signals, and a program inherits ignored signals. With a handler they are reset to their default
  // when the program starts.
  for (const signal of ["SIGPIPE", "SIGXFSZ"] as const) process.on(signal, () => undefined);
  execve.call(process, binary, [binary, ...process.argv.slice(2)]);
}

/** The signals to forward. On Windows the console itself notifies every process in it. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32"
    ? ["SIGINT", "SIGBREAK", "SIGHUP", "SIGTERM"]
    : ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/** How long a signal to the process group may take to reach the witness too. */
const WITNESS_MS = 200;

function run(): void {
  let child: ChildProcess | undefined;
  let witness: ChildProcess | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    if (process.platform === "win32") {
      if (signal === "SIGTERM") child?.kill(signal);
      return;
    }
    // A terminal's keys signal the whole process group, so the program gets the signal too and must not get it twice:
    // many programs stop at once after a second SIGINT.
    const asked = witness;
    if (asked === undefined) {
      child?.kill(signal);
      return;
    }
    const toGroup = (): void => {
      clearTimeout(timer);
      witness = startWitness();
    };
    const timer = setTimeout(() => {
      asked.removeAllListeners("exit");
      if (wasSignalled(asked)) toGroup();
      else child?.kill(signal);
    }, WITNESS_MS);
    asked.once("exit", toGroup);
  };
  // Installed before the child starts, so that no signal is lost. The handlers run only after this function has
  // returned.
  for (const signal of SIGNALS) process.on(signal, forward);
  const binary = findBinary();
  requireGlibc();
  become(binary);
  try {
    child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
  } catch (error) {
    // Node throws some system errors and emits others as events. All of them have a code.
    throw cannotRun(binary, error as NodeJS.ErrnoException);
  }
  if (process.platform !== "win32") witness = startWitness();
  child.on("error", (error) => fail(cannotRun(binary, error)));
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}

/**
 * Starts a process in the same process group that ends at the first signal. It shows whether a signal was sent to the
 * group or only to this process.
 */
function startWitness(): ChildProcess | undefined {
  const started = spawn("cat", { stdio: ["pipe", "ignore", "ignore"] });
  started.on("error", () => undefined);
  if (started.pid === undefined) return undefined;
  // It ends together with this process, because its input is closed then.
  started.unref();
  return started;
}

/**
 * Whether a signal has ended the process or is pending, which on a busy machine may take longer (proc(5),
 * `/proc/pid/status`).
 */
function wasSignalled({ pid }: ChildProcess): boolean {
  if (!existsSync("/proc/self/status")) return false;
  const status = headOf(`/proc/${pid}/status`);
  return status === undefined || /^State:\s+Z|^(?:Sig|Shd)Pnd:\s+0*[1-9a-f]/m.test(status.toString("latin1"));
}

function cannotRun(binary: string, error: NodeJS.ErrnoException): LaunchError {
  const { code } = error;
  if (code === "ENOENT" && !existsSync(binary)) return new LaunchError(127, `${binary} is missing`);
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "it is not executable, or is on a file system that is mounted noexec",
    ENOENT: "the loader it needs is not on this system, for example because it was built for another C library",
    ENOEXEC: "the system does not recognise it as a program for this machine",
  };
  return new LaunchError(126, `${binary} cannot run: ${(code && reasons[code]) ?? error.message}`);
}

function fail(error: unknown): void {
  if (!(error instanceof LaunchError)) throw error;
  // Written synchronously, because the exit may cut off a stream.
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
