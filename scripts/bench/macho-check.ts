import { randomFillSync } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError, runCommand } from "@release-actions/command";
import { measureNode } from "./process.ts";
import { type Bench, median, type Row } from "./row.ts";

const BUNDLE = path.resolve(import.meta.dirname, "../../actions/macho-check/dist/index.js");
const PROGRAMS = 40;
/** Each program contains random data, so that the archive has about 100 MB with any compression. */
const PAYLOAD_BYTES = 1_600_000;
const ROUNDS = 5;
const BUDGET_MS = 1500;
const BUDGET_MIB = 200;

/** macho-check on an archive of about 100 MB with 40 signed programs, compared with unpacking the archive and hashing its files. */
export const machoCheck: Bench = {
  name: "macho-check",
  async run() {
    if (!existsSync(BUNDLE)) return "its bundle is not built";
    const folder = mkdtempSync(path.join(tmpdir(), "macho-check-"));
    try {
      const archive = await pack(folder);
      return [await race(folder, archive)];
    } catch (error) {
      if (error instanceof CommandError) return `a program is missing or failed: ${error.message}`;
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Packs the programs. The linker signs every page of a program for arm64. */
async function pack(folder: string): Promise<string> {
  const [source, content] = [path.join(folder, "source"), path.join(folder, "content")];
  for (const one of [source, content]) mkdirSync(one);
  writeFileSync(path.join(source, "payload"), randomFillSync(Buffer.alloc(PAYLOAD_BYTES)));
  writeFileSync(path.join(source, "go.mod"), "module example.com/tool\ngo 1.24\n");
  const lines = ["package main", 'import _ "embed"', "//go:embed payload", "var payload string"];
  writeFileSync(path.join(source, "main.go"), [...lines, "func main() { println(len(payload)) }", ""].join("\n"));
  const env = { ...process.env, GOOS: "darwin", GOARCH: "arm64", CGO_ENABLED: "0", GOFLAGS: "" };
  await runCommand("go", ["build", "-o", path.join(folder, "tool"), "."], { cwd: source, env });
  for (let index = 0; index < PROGRAMS; index += 1)
    copyFileSync(path.join(folder, "tool"), path.join(content, `tool-${index}`));
  const archive = path.join(folder, "tools.tar.gz");
  await runCommand("tar", ["--create", "--gzip", "--file", archive, "--directory", content, "."]);
  return archive;
}

async function race(folder: string, archive: string): Promise<Row> {
  const env = {
    ...process.env,
    INPUT_PATH: archive,
    INPUT_MODE: "warn",
    "INPUT_TEAM-ID": "",
    INPUT_SUBMISSIONS: "",
    INPUT_AUTHORITIES: "",
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    GITHUB_OUTPUT: path.join(folder, "output"),
    GITHUB_STEP_SUMMARY: path.join(folder, "summary"),
  };
  for (const file of [env.GITHUB_OUTPUT, env.GITHUB_STEP_SUMMARY]) writeFileSync(file, "");
  const script = `rm -rf peer && mkdir peer && tar -xzf ${archive} -C peer && sha256sum peer/* > sums`;
  const peers: number[] = [];
  const ours: { ms: number; peakMiB: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await runCommand("sh", ["-c", script], { cwd: folder });
    peers.push(performance.now() - started);
    const measured = await measureNode(BUNDLE, env);
    if (measured.exitCode !== 0) throw new Error(`macho-check ended with ${measured.exitCode}`);
    ours.push(measured);
  }
  const [peer, ms, peakMiB] = [peers, ours.map((one) => one.ms), ours.map((one) => one.peakMiB)].map(median) as [
    number,
    number,
    number,
  ];
  return {
    what: `macho-check of ${PROGRAMS} programs in ${Math.round(statSync(archive).size / 1e6)} MB`,
    peer: `tar and sha256sum ${peer.toFixed(0)} ms`,
    ours: `${ms.toFixed(0)} ms, ${peakMiB.toFixed(0)} MiB`,
    ratio: ms / peer,
    budget: `${BUDGET_MS} ms, ${BUDGET_MIB} MiB`,
    held: ms <= BUDGET_MS && peakMiB <= BUDGET_MIB,
  };
}
