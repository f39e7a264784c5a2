import { randomFillSync } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError, runCommand } from "@release-actions/command";
import { hashFiles } from "@release-actions/digest";
import { type Bench, median, type Row } from "./row.ts";

const MIB = 1024 * 1024;
/** A release has dozens of archives. The shape with a few large files shows the loss when files cannot be divided among threads. */
const SHAPES = [
  { files: 32, bytes: 32 * MIB, budget: 1.5 },
  { files: 8, bytes: 128 * MIB, budget: undefined },
] as const;
const ROUNDS = 7;

/** Hashes 1 GiB of files in the page cache, compared with `b3sum` on the same files. */
export const hashing: Bench = {
  name: "hashing",
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), "hashing-"));
    try {
      await runCommand("b3sum", ["--version"]);
      const rows: Row[] = [];
      for (const shape of SHAPES) rows.push(await race(folder, shape));
      return rows;
    } catch (error) {
      if (error instanceof CommandError) return "there is no b3sum";
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Runs both in turns, so that a busy moment of the machine affects both alike. */
async function race(folder: string, { files: count, bytes, budget }: (typeof SHAPES)[number]): Promise<Row> {
  const files = Array.from({ length: count }, (_none, index) => path.join(folder, `part-${index}`));
  for (const file of files) fill(file, bytes);
  const times = { peer: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.peer.push(await timed(() => runCommand("b3sum", files)));
    times.ours.push(await timed(() => hashFiles(files.map((file) => ({ path: file, size: bytes })))));
  }
  const [peer, ours] = [median(times.peer), median(times.ours)];
  const show = (ms: number): string => `${ms.toFixed(0)} ms`;
  const ratio = ours / peer;
  return {
    what: `BLAKE3 of 1 GiB in ${count} files`,
    peer: `b3sum ${show(peer)}`,
    ours: show(ours),
    ratio,
    budget: budget === undefined ? "-" : `${budget} x`,
    held: budget === undefined || ratio <= budget,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function fill(file: string, size: number): void {
  const block = randomFillSync(Buffer.alloc(16 * 1024 * 1024));
  const descriptor = openSync(file, "w");
  for (let written = 0; written < size; written += block.length) writeSync(descriptor, block);
  closeSync(descriptor);
}
