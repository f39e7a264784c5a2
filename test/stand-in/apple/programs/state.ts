import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** One start of a stand-in program, as `calls.jsonl` keeps it. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

/** How a test wants the stand-in programs to behave. It is stored in `behaviour.json`. */
export interface Behaviour {
  readonly password?: string;
  /** Statuses of `notarytool info`, one for each call. The last one stays. */
  readonly statuses?: readonly string[];
  /** Fields that are added to the log. */
  readonly log?: Readonly<Record<string, unknown>>;
  /** Errors that `notarytool submit` prints instead of an answer, each once. */
  readonly failures?: readonly string[];
  /** Errors that `notarytool store-credentials` prints on standard error instead of storing, each once. */
  readonly storeFailures?: readonly string[];
  /** Lines that `notarytool` prints before and after its JSON. */
  readonly noise?: readonly [before: string, after: string];
  /** The exit code of `notarytool info`, which prints its JSON in any case. */
  readonly infoExitCode?: number;
  /** How many times `notarytool log` says that there is no log yet. */
  readonly missingLogs?: number;
  /** How many times `stapler` says that there is no ticket yet. */
  readonly missingTickets?: number;
  /** PEM files that `codesign` signs with. */
  readonly signing?: {
    readonly key: string;
    readonly certificate: string;
    readonly authorityDer: string;
    readonly timestampUrl: string;
  };
}

export interface Keychain {
  readonly password: string;
  unlocked: boolean;
  /** SHA-1, upper-case hex. */
  identities: string[];
  profiles: string[];
  partitioned: boolean;
}

const folder = process.env["APPLE_STAND_IN"];

function fileOf(name: string): string {
  if (folder === undefined) throw new Error("APPLE_STAND_IN is not set");
  return path.join(folder, name);
}

/** Records a call. It reads standard input to its end, like a program without a terminal. */
export function recordCall(program: string, args: readonly string[]): Call {
  const call = { program, args, stdin: readFileSync(0, "utf8") };
  appendFileSync(fileOf("calls.jsonl"), `${JSON.stringify(call)}\n`);
  return call;
}

export function behaviour(): Behaviour {
  return load("behaviour.json", {});
}

export function load<T>(name: string, absent: T): T {
  const file = fileOf(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : absent;
}

export function save(name: string, value: unknown): void {
  writeFileSync(fileOf(name), JSON.stringify(value));
}

export function readKeychain(file: string): Keychain | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Keychain) : undefined;
}

export function writeKeychain(file: string, keychain: Keychain): void {
  writeFileSync(file, JSON.stringify(keychain), { mode: 0o600 });
}

/** The value after an option. */
export function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

/** Whether an event that happens `times` times happens once more. Counts it. */
export function happens(name: string, times: number): boolean {
  const left = load(`${name}.json`, times);
  if (left > 0) save(`${name}.json`, left - 1);
  return left > 0;
}

/** Prints an error as the real program does, and exits. */
export function fail(exitCode: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}
