import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandResult, CommandRunner } from "@release-actions/command";
import { binOf, readManifest } from "./check-package.ts";
import { NpmError } from "./error.ts";
import { binaryPath, type Product } from "./manifest.ts";
import type { PackageFiles } from "./tarball.ts";

export interface ContractOptions {
  readonly run: CommandRunner;
  /** An empty folder, for node_modules of its own. */
  readonly folder: string;
  /** The Node that starts the launcher. */
  readonly node: string;
  readonly searchPath: string | undefined;
}

/**
 * Stands in for the program: tells what it was given, dies, or sends its parent a signal and waits for it to come
 * back. It gives a launcher the time to listen, and ends by itself, so that one that loses signals leaves nothing
 * behind.
 */
const PROBE = `#!/bin/sh
case "$1" in
  echo) shift; for arg in "$@"; do printf '[%s]\\n' "$arg"; done; cat; exit 7 ;;
  die) kill -KILL $$ ;;
  signal) trap 'exit 40' "$2"; sleep 0.3; kill -s "$2" $PPID; i=0; while [ $i -lt 50 ]; do sleep 0.1; i=$((i + 1)); done; exit 99 ;;
esac
`;

const ARGS = ["a b", "", "--flag=$HOME", "*", "--"] as const;
const SIGNALS = ["INT", "TERM", "HUP"] as const;

/**
 * Installs a packed base package with a probe in place of the program, and starts it the way npm's links do.
 *
 * @param platformPackages those for this machine.
 * @throws NpmError with everything that the launcher does otherwise than it must.
 */
export async function checkContract(
  base: PackageFiles,
  product: Product,
  platformPackages: readonly string[],
  options: ContractOptions,
): Promise<void> {
  const manifest = readManifest(base, product.name);
  const bins = Object.entries(binOf(manifest)).map(([, target]) => String(target));
  const at = async (name: string, probe: "runs" | "cannot run" | "is missing"): Promise<string> => {
    const modules = path.join(options.folder, name, "node_modules");
    await writePackage(path.join(modules, product.name), base);
    if (probe !== "is missing") {
      for (const platform of platformPackages)
        await writeProbe(path.join(modules, platform), product, probe === "runs");
    }
    return path.join(modules, product.name);
  };
  const [whole, locked, alone] = await Promise.all([at("a", "runs"), at("b", "cannot run"), at("c", "is missing")]);
  const complaints = await Promise.all(
    bins.map(async (bin) => {
      const start = starter(options);
      const found = await Promise.all([
        ...complaintsWhole((args) => start(path.join(whole, bin), args)),
        expect("a program that cannot run", start(path.join(locked, bin), []), 126, /./),
        expect("a program that is not installed", start(path.join(alone, bin), []), 127, /optional/),
      ]);
      return found.flat();
    }),
  );
  const all = complaints.flat();
  if (all.length > 0) throw new NpmError(`the launcher of ${product.name} does not do what it must: ${all.join("; ")}`);
}

function complaintsWhole(start: (args: readonly string[]) => Promise<CommandResult>): Promise<string[]>[] {
  const told = `${ARGS.map((arg) => `[${arg}]\n`).join("")}input\n`;
  return [
    start(["echo", ...ARGS]).then(({ exitCode, stdout }) => [
      ...(exitCode === 7 ? [] : [`exit code 7 became ${exitCode}`]),
      ...(stdout === told ? [] : [`arguments or input became ${JSON.stringify(stdout.slice(0, 200))}`]),
    ]),
    expect("a program that SIGKILL ended", start(["die"]), 137),
    ...SIGNALS.map((signal) => expect(`SIG${signal} passed on`, start(["signal", signal]), 40)),
  ];
}

async function expect(what: string, run: Promise<CommandResult>, exitCode: number, words?: RegExp): Promise<string[]> {
  const result = await run;
  if (result.exitCode !== exitCode) return [`${what} gave exit code ${result.exitCode}, expected ${exitCode}`];
  if (words === undefined || words.test(result.stderr)) return [];
  return [
    `${what} gave no reason on stderr, expected a sentence${words.source === "." ? "" : ` with "${words.source}"`}`,
  ];
}

function starter({ run, folder, node, searchPath }: ContractOptions) {
  const env = { PATH: [path.dirname(node), searchPath].join(path.delimiter), HOME: folder };
  return (bin: string, args: readonly string[]): Promise<CommandResult> =>
    run(bin, args, { cwd: folder, env, input: "input\n", check: false, onOutput: () => undefined });
}

async function writePackage(folder: string, files: PackageFiles): Promise<void> {
  for (const [name, { content, executable }] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: executable ? 0o755 : 0o644 });
  }
}

async function writeProbe(folder: string, product: Product, executable: boolean): Promise<void> {
  const file = path.join(folder, binaryPath(product, { os: process.platform }));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "probe", version: product.version }));
  await writeFile(file, PROBE);
  await chmod(file, executable ? 0o755 : 0o644);
}
