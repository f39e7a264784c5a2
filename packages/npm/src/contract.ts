import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import { decodeJson, listOf, object, string } from "@release-actions/json";
import { binOf, readManifest } from "./check-package.ts";
import { CONTRACT_DRIVER } from "./contract-driver.ts";
import { NpmError } from "./error.ts";
import { binaryPath, type Product } from "./manifest.ts";
import type { PackageFiles } from "./tarball.ts";

export interface ContractOptions {
  readonly run: CommandRunner;
  /** An empty folder, for `node_modules`. */
  readonly folder: string;
  /** The path of the Node program that starts the launcher. */
  readonly node: string;
  readonly searchPath: string | undefined;
}

/**
 * A stand-in for the program. It prints its arguments and input, exits as requested, or counts the signals that it gets
 * within a short time (in Node, since a shell may merge two signals that come close together). It exits by itself, so
 * that a launcher that loses signals leaves no process behind.
 */
const PROBE = `#!/bin/sh
case "$1" in
  echo) shift; for arg in "$@"; do printf '[%s]\\n' "$arg"; done; cat; exit 7 ;;
  exit) exit "$2" ;;
  die) kill -KILL $$ ;;
  pipe) kill -PIPE $$; exit 0 ;;
  count) exec "$PROBE_NODE" -e '
    let count = 0;
    process.on("SIG" + process.argv[1], () => { if (++count === 1) setTimeout(() => process.exit(40 + count), 300); });
    setTimeout(() => process.exit(99), 10000);
    console.log("ready " + process.pid);' "$2" ;;
esac
`;

const ARGS = ["a b", "", "--flag=$HOME", "*", "--"] as const;
const EXIT_CODES = [0, 1, 42, 127, 255] as const;

/** One start of the launcher and its expected result. */
interface Case {
  readonly what: string;
  /** Whether a failure prevents the publication; otherwise there is only a warning. */
  readonly isRequired: boolean;
  readonly args: readonly string[];
  readonly input?: string;
  readonly send?: NodeJS.Signals;
  readonly to?: "launcher" | "group";
  readonly exitCode: number | string;
  readonly stdout?: string;
  /** What the reason on stderr must contain. */
  readonly reason?: RegExp;
}

/** The state of the probe that replaces the program. */
export type ProbeState = "runs" | "cannot run" | "is missing";

const signal = (name: "INT" | "TERM" | "HUP" | "QUIT", to: "launcher" | "group", isRequired: boolean): Case => ({
  what: to === "group" ? `SIG${name} to its process group` : `SIG${name} passed on`,
  ...{ isRequired, args: ["count", name], send: `SIG${name}`, to, exitCode: 41 },
});

const CASES: Readonly<Record<ProbeState, readonly Case[]>> = {
  runs: [
    {
      what: "its arguments and input, and exit code 7",
      ...{ isRequired: true, args: ["echo", ...ARGS], input: "input\n", exitCode: 7 },
      stdout: `${ARGS.map((arg) => `[${arg}]\n`).join("")}input\n`,
    },
    ...EXIT_CODES.map((code): Case => {
      return { what: `exit code ${code}`, isRequired: true, args: ["exit", `${code}`], exitCode: code };
    }),
    { what: "a program that SIGKILL ended", isRequired: true, args: ["die"], exitCode: 137 },
    ...(["INT", "TERM", "HUP"] as const).map((name) => signal(name, "launcher", true)),
    signal("QUIT", "launcher", false),
    ...(["INT", "TERM", "HUP", "QUIT"] as const).map((name) => signal(name, "group", false)),
    { what: "SIGPIPE, which ends a program", isRequired: false, args: ["pipe"], exitCode: 141 },
    {
      what: "SIGKILL to the launcher, which must leave no process running",
      ...{ isRequired: false, args: ["count", "USR2"], send: "SIGKILL", exitCode: "gone" },
    },
  ],
  "cannot run": [{ what: "a program that cannot run", isRequired: true, args: [], exitCode: 126, reason: /./ }],
  "is missing": [
    { what: "a program that is not installed", isRequired: true, args: [], exitCode: 127, reason: /optional/ },
  ],
};

/** The result of one test of a launcher. */
export interface ContractRow {
  readonly what: string;
  /** Whether a failure prevents the publication; otherwise there is only a warning. */
  readonly isRequired: boolean;
  /** What is wrong, as a sentence; undefined if the launcher behaves as expected. */
  readonly complaint: string | undefined;
}

/**
 * Installs a packed base package with a probe in place of the program, and starts it through its `bin` files, as npm's
 * links do.
 *
 * @param platformPackages the packages for this machine.
 * @returns sentences about behaviour that is worse than possible but allowed.
 * @throws NpmError that lists all required behaviour that the launcher lacks.
 */
export async function checkContract(
  base: PackageFiles,
  product: Product,
  platformPackages: readonly string[],
  options: ContractOptions,
): Promise<readonly string[]> {
  const manifest = readManifest(base, product.name);
  const bins = Object.entries(binOf(manifest)).map(([, target]) => String(target));
  const rows: ContractRow[] = [];
  for (const [index, bin] of bins.entries()) {
    const install = async (probe: ProbeState): Promise<string> => {
      const modules = path.join(options.folder, `${index}-${probe.replaceAll(" ", "-")}`, "node_modules");
      await writePackage(path.join(modules, product.name), base);
      if (probe !== "is missing") {
        for (const platform of platformPackages) {
          const folder = path.join(modules, platform);
          await writeProbe(path.join(folder, binaryPath(product, { os: process.platform })), probe === "runs");
          const manifest = { name: platform, version: product.version };
          await writeFile(path.join(folder, "package.json"), JSON.stringify(manifest));
        }
      }
      return path.join(modules, product.name, bin);
    };
    rows.push(...(await tryLauncher(install, options)));
  }
  const complaintsOf = (some: readonly ContractRow[]): string[] => some.flatMap(({ complaint }) => complaint ?? []);
  const complaints = complaintsOf(rows.filter(({ isRequired }) => isRequired));
  if (complaints.length > 0) {
    throw new NpmError(`the launcher of ${product.name} does not behave as required: ${complaints.join("; ")}`);
  }
  return complaintsOf(rows.filter(({ isRequired }) => !isRequired));
}

/**
 * Runs all tests on a launcher, whoever wrote it.
 *
 * @param install installs the launcher and, with `writeProbe`, a stand-in for its program, and returns the path of the
 * launcher.
 */
export async function tryLauncher(
  install: (probe: ProbeState) => Promise<string>,
  options: ContractOptions,
): Promise<readonly ContractRow[]> {
  const rows: ContractRow[] = [];
  for (const probe of ["runs", "cannot run", "is missing"] as const)
    rows.push(...(await runCases(await install(probe), CASES[probe], options)));
  return rows;
}

const MAX_RESULT_BYTES = 1024 * 1024;
const driverResults = listOf(object({ stdout: string, stderr: string, exitCode: (value: unknown) => value }));

async function runCases(
  bin: string,
  cases: readonly Case[],
  { run, folder, node, searchPath }: ContractOptions,
): Promise<readonly ContractRow[]> {
  const driver = path.join(folder, "driver.cjs");
  await writeFile(driver, CONTRACT_DRIVER);
  const env = { PATH: [path.dirname(node), searchPath].join(path.delimiter), HOME: folder, PROBE_NODE: node };
  const args = [driver, bin, JSON.stringify(cases)];
  const { stdout } = await run(node, args, { cwd: folder, env, onOutput: () => undefined });
  const results = decodeJson(stdout, driverResults, { source: "the launcher's trial", maxBytes: MAX_RESULT_BYTES });
  return cases.map((each, index): ContractRow => {
    const { what, isRequired } = each;
    return { what, isRequired, complaint: complaintAbout(each, results[index]) };
  });
}

/** The sentence for a wrong result. The exit code of the probe is 40 plus the number of signals that it got. */
function complaintAbout(
  { what, send, exitCode, stdout, reason }: Case,
  found: ReturnType<typeof driverResults>[number] | undefined,
): string | undefined {
  if (found?.exitCode !== exitCode) {
    const code = found?.exitCode;
    if (send !== undefined && typeof code === "number" && code >= 40 && code < 50) {
      return `${what} reached the program ${code - 40} times, expected once`;
    }
    return `${what} gave ${shown(code)}, expected ${reason === undefined ? shown(exitCode) : exitCode}`;
  }
  if (stdout !== undefined && stdout !== found.stdout)
    return `arguments or input became ${JSON.stringify(found.stdout.slice(0, 200))}`;
  if (reason === undefined || reason.test(found.stderr)) return undefined;
  const expected = `expected a sentence${reason.source === "." ? "" : ` with "${reason.source}"`}`;
  return `${what} gave no reason on stderr, ${expected}`;
}

function shown(exitCode: unknown): string {
  return typeof exitCode === "number" ? `exit code ${exitCode}` : String(exitCode);
}

async function writePackage(folder: string, files: PackageFiles): Promise<void> {
  for (const [name, { content, executable }] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: executable ? 0o755 : 0o644 });
  }
}

/** Writes a stand-in for a program to a path, and creates the folders above it. */
export async function writeProbe(file: string, executable: boolean): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, PROBE);
  await chmod(file, executable ? 0o755 : 0o644);
}
