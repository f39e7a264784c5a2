import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import {
  type ContractRow,
  makeLauncher,
  type ProbeState,
  type Product,
  parseWantedPlatform,
  readTarball,
  tryLauncher,
  writeProbe,
} from "@release-actions/npm";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { bringNpm, type NpmPin, sample } from "./bring.ts";
import { readRows } from "./rows.ts";

jest.setTimeout(900_000);

interface Tool extends NpmPin {
  readonly bin: string;
  readonly program: string;
  readonly needs?: readonly NpmPin[];
  readonly lacks: readonly string[];
  readonly unsteady?: readonly string[];
}

const FIELDS = ["name", "version", "integrity", "bin", "program", "needs", "lacks", "unsteady"] as const;
const TOOLS = readRows<Tool>("published-launchers.yml", FIELDS);

/** Rows of the launchers' contract, grouped by the behaviour that is missing. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  "passing on": ["INT", "TERM", "HUP", "QUIT"].map((name) => `SIG${name} passed on`),
  "process group": ["INT", "TERM", "HUP", "QUIT"].map((name) => `SIG${name} to its process group`),
  SIGPIPE: ["SIGPIPE, which ends a program"],
  kill: ["SIGKILL to the launcher, which must leave no process running"],
  "ended program": ["a program that SIGKILL ended"],
  "exit codes": ["its arguments and input, and exit code 7", "exit code 42", "exit code 127", "exit code 255"],
  reasons: ["a program that cannot run", "a program that is not installed"],
};

const rowsOf = (names: readonly string[] = []): string[] => names.flatMap((name) => GROUPS[name] ?? [name]);

const root = temporaryFolder();

async function unpack(pin: NpmPin, modules: string): Promise<void> {
  for (const [file, { content, executable }] of await readTarball(readFileSync(await bringNpm(pin)), pin.name)) {
    const place = path.join(modules, pin.name, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, content, { mode: executable ? 0o755 : 0o644 });
  }
}

async function tryIn(
  folder: string,
  program: string,
  layOut: (modules: string) => Promise<string>,
  node: string = process.execPath,
): Promise<readonly ContractRow[]> {
  const install = async (probe: ProbeState): Promise<string> => {
    const modules = path.join(folder, probe.replaceAll(" ", "-"), "node_modules");
    mkdirSync(modules, { recursive: true });
    const bin = await layOut(modules);
    const place = path.join(modules, program);
    if (probe !== "is missing") await writeProbe(place, probe === "runs");
    const [scope = "", name = ""] = program.split("/");
    const owner = scope.startsWith("@") ? `${scope}/${name}` : scope;
    const manifest = path.join(modules, owner, "package.json");
    if (probe !== "is missing" && !program.startsWith("dprint/"))
      writeFileSync(manifest, JSON.stringify({ name: owner, version: "1.0.0" }));
    return bin;
  };
  mkdirSync(folder, { recursive: true });
  const options = { run: runCommand, folder, node, searchPath: process.env["PATH"] };
  return await tryLauncher(install, options);
}

const lacks = (rows: readonly ContractRow[]): string[] =>
  rows.flatMap(({ what, complaint }) => (complaint === undefined ? [] : [what]));

test.each(sample(TOOLS, 2))(
  "the launcher of $name $version meets the contract, except where its source says otherwise",
  async (tool) => {
    const rows = await tryIn(path.join(root, tool.name), tool.program, async (modules) => {
      for (const pin of [tool, ...(tool.needs ?? [])]) await unpack(pin, modules);
      const bin = path.join(modules, tool.name, tool.bin);
      // npm makes every file that `bin` names executable, whatever its mode in the archive.
      chmodSync(bin, 0o755);
      return bin;
    });
    const unsteady = rowsOf(tool.unsteady);
    expect(lacks(rows).filter((what) => !unsteady.includes(what))).toEqual(rowsOf(tool.lacks));
  },
);

const OURS = [
  { node: "of this runner", lacks: [] },
  // Without `execve` in Node, a program outlives its launcher when the launcher is killed.
  { node: "before 22.15", lacks: ["SIGKILL to the launcher, which must leave no process running"] },
];

test.each(OURS)("our launcher meets the contract with the Node $node", async ({ node, lacks: expected }) => {
  const about = { repository: "https://github.com/acme/widget" };
  const product: Product = { name: "widget", version: "1.0.0", binary: "widget", about, fields: {} };
  const wanted = parseWantedPlatform(`${process.platform}-${process.arch}`);
  const needs = { libc: undefined, glibc: undefined, isStatic: true };
  const folder = path.join(root, `ours-${node.replaceAll(" ", "-")}`);
  const program = node === "of this runner" ? process.execPath : nodeWithoutExecve(folder);
  const layOut = async (modules: string): Promise<string> => {
    const bin = path.join(modules, "widget/bin/widget.js");
    mkdirSync(path.dirname(bin), { recursive: true });
    writeFileSync(bin, makeLauncher(product, [{ wanted, needs }]), { mode: 0o755 });
    return bin;
  };
  const rows = await tryIn(folder, `widget-${wanted.text}/bin/widget`, layOut, program);
  expect(lacks(rows)).toEqual(expected);
});

/** This Node without the `execve` of 22.15, as a program called `node` in a folder of its own. */
function nodeWithoutExecve(folder: string): string {
  const bin = path.join(folder, "node-bin");
  mkdirSync(bin, { recursive: true });
  const preload = path.join(bin, "no-execve.cjs");
  writeFileSync(preload, "delete process.execve;\n");
  const program = path.join(bin, "node");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" --require "${preload}" "$@"\n`, { mode: 0o755 });
  return program;
}
