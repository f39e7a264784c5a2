import { randomFillSync } from "node:crypto";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findProgram, runCommand } from "@release-actions/command";
import { type Measured, measureNode } from "./process.ts";
import type { Bench, Row } from "./row.ts";

const BUNDLE = path.resolve(import.meta.dirname, "../../actions/repro-hash-compare/dist/index.js");
const MIB = 1024 * 1024;
const BUDGET_MIB = 400;
/** The time may grow by at most this factor more than the size of the input. */
const LINEAR_SLACK = 1.5;
/** The time limit for diffoscope. */
const PEER_TIMEOUT_S = 120;

/** The size and number of the builds in one run. */
interface Shape {
  readonly what: string;
  readonly builds: number;
  readonly files: number;
  readonly bytes: number;
  /** Every n-th file differs in each build. */
  readonly differing: number;
  /** Whether diffoscope runs on the same builds. Its time grows faster, so it gets only small ones. */
  readonly peer: boolean;
}

const ONE = { files: 1, differing: 1, builds: 2 };
/** Pairs of a small and a large shape. `factor` says how many times as large the second is. */
const SHAPES: readonly (readonly [small: Shape, large: Shape, factor: number])[] = [
  [
    { ...ONE, what: "2 builds of a file of 64 MiB", bytes: 64 * MIB, peer: true },
    { ...ONE, what: "2 builds of a file of 2 GiB", bytes: 2048 * MIB, peer: false },
    32,
  ],
  [
    { what: "2 builds of 5,000 files", builds: 2, files: 5000, bytes: 400, differing: 1000, peer: true },
    { what: "2 builds of 100,000 files", builds: 2, files: 100_000, bytes: 400, differing: 1000, peer: false },
    20,
  ],
  [
    { what: "2 builds of 100 files of 64 KiB", builds: 2, files: 100, bytes: 65_536, differing: 10, peer: true },
    { what: "20 builds of 100 files of 64 KiB", builds: 20, files: 100, bytes: 65_536, differing: 10, peer: false },
    10,
  ],
];

/** repro-hash-compare with its search for causes, for various sizes and numbers of files, compared with diffoscope if that finishes. */
export const reproCompare: Bench = {
  name: "repro-compare",
  async run(say) {
    if (!existsSync(BUNDLE)) return "its bundle is not built";
    const rows: Row[] = [];
    for (const [small, large, factor] of SHAPES) {
      say(small.what);
      const one = await measure(small);
      say(large.what);
      const other = await measure(large);
      const limitMs = one.ours.ms * factor * LINEAR_SLACK;
      rows.push(rowOf(small, one, Number.POSITIVE_INFINITY), rowOf(large, other, limitMs));
    }
    return rows;
  },
};

interface Result {
  readonly ours: Measured;
  readonly peer: { readonly ms: number; readonly peakMiB: number } | "more than its limit" | undefined;
}

function rowOf({ what }: Shape, { ours, peer }: Result, limitMs: number): Row {
  const said =
    peer === undefined
      ? "diffoscope was not run"
      : typeof peer === "string"
        ? `diffoscope took more than ${PEER_TIMEOUT_S} s`
        : `diffoscope ${(peer.ms / 1000).toFixed(1)} s, ${peer.peakMiB.toFixed(0)} MiB`;
  const isLinear = Number.isFinite(limitMs) ? `${(limitMs / 1000).toFixed(0)} s, ` : "";
  return {
    what,
    peer: said,
    ours: `${(ours.ms / 1000).toFixed(1)} s, ${ours.peakMiB.toFixed(0)} MiB`,
    ...(typeof peer === "object" ? { ratio: ours.ms / peer.ms } : {}),
    budget: `${isLinear}${BUDGET_MIB} MiB`,
    held: ours.ms <= limitMs && ours.peakMiB <= BUDGET_MIB,
  };
}

async function measure(shape: Shape): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), "repro-compare-"));
  try {
    for (let build = 0; build < shape.builds; build += 1) writeBuild(path.join(folder, `build-${build}`), shape, build);
    const others = Array.from({ length: shape.builds - 1 }, (_, index) => `build-${index + 1}`);
    const env = {
      ...process.env,
      ...{ INPUT_PATHS: "build-0", INPUT_AGAINST: others.join("\n"), INPUT_REPORT: path.join(folder, "report.html") },
      ...{ INPUT_ALGORITHM: "blake3", INPUT_MODE: "warn", INPUT_EXPLAIN: "true", INPUT_DIFFOSCOPE: "never" },
      ...{ GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder },
      ...{ GITHUB_OUTPUT: path.join(folder, "output"), GITHUB_STEP_SUMMARY: path.join(folder, "summary") },
    };
    for (const file of [env.GITHUB_OUTPUT, env.GITHUB_STEP_SUMMARY]) writeFileSync(file, "");
    const ours = await measureNode(BUNDLE, env, [], folder);
    if (ours.exitCode !== 0) throw new Error(`repro-hash-compare ended with ${ours.exitCode}`);
    return { ours, peer: shape.peer ? await measureDiffoscope(folder) : undefined };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A Python script that runs diffoscope and prints its exit code and the largest peak memory among its processes. */
const MEASURE = `
import resource, subprocess, sys
try:
    code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=float(sys.argv[1])).returncode
except subprocess.TimeoutExpired:
    code = 124
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
`;

async function measureDiffoscope(folder: string): Promise<Result["peer"]> {
  const program = findProgram("diffoscope", process.env["PATH"]);
  if (program === undefined) return undefined;
  const started = performance.now();
  const command = [program, "--no-progress", "--html", "diffoscope.html", "build-0", "build-1"];
  const { stdout } = await runCommand("python3", ["-c", MEASURE, String(PEER_TIMEOUT_S), ...command], { cwd: folder });
  const [code = 0, peakKiB = 0] = stdout.trim().split(" ").map(Number);
  if (code === 124) return "more than its limit";
  return { ms: performance.now() - started, peakMiB: peakKiB / 1024 };
}

const BLOCK_BYTES = MIB;

/** Writes files of random data. Each block of a differing file contains the build's folder and number. */
function writeBuild(folder: string, { files, bytes, differing }: Shape, build: number): void {
  const block = seededBlock(Math.min(bytes, BLOCK_BYTES));
  for (let index = 0; index < files; index += 1) {
    const place = path.join(folder, `part-${index % 100}`);
    if (index < 100) mkdirSync(place, { recursive: true });
    const file = openSync(path.join(place, `file-${index}.bin`), "w");
    try {
      for (let written = 0; written < bytes; written += block.length) {
        block.writeUInt32LE(index, 0);
        block.writeUInt32LE(written / block.length, 4);
        const text = `\0/home/${index % differing === 0 ? `builder-${build}` : "somebody"}/src/main.rs\0`.padEnd(
          48,
          "\0",
        );
        block.write(text, 16, "latin1");
        writeSync(file, block, 0, Math.min(block.length, bytes - written));
      }
    } finally {
      closeSync(file);
    }
  }
}

let shared: Buffer | undefined;

/** A block of data that is the same in all builds of a run. */
function seededBlock(bytes: number): Buffer {
  shared ??= randomFillSync(Buffer.alloc(BLOCK_BYTES));
  return Buffer.from(shared.subarray(0, bytes));
}
