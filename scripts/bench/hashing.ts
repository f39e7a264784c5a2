import { randomFillSync } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError, runCommand } from "@release-actions/command";
import { hashFiles } from "@release-actions/digest";
import { type Bench, median, type Row } from "./row.ts";

const FILES = 8;
const FILE_BYTES = 128 * 1024 * 1024;
const ROUNDS = 7;
const BUDGET = 1.5;

/** 1 GiB of files in the page cache, against `b3sum` of the same. */
export const hashing: Bench = {
  name: "hashing",
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), "hashing-"));
    try {
      await runCommand("b3sum", ["--version"]);
      const many = Array.from({ length: FILES }, (_none, index) => path.join(folder, `part-${index}`));
      for (const file of many) fill(file, FILE_BYTES);
      return [await race(`BLAKE3 of 1 GiB in ${FILES} files`, many, FILE_BYTES)];
    } catch (error) {
      if (error instanceof CommandError) return "there is no b3sum";
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Rounds of both in turn, so that a busy moment of the machine falls on peer and ours alike. */
async function race(what: string, files: readonly string[], size: number): Promise<Row> {
  const times = { peer: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.peer.push(await timed(() => runCommand("b3sum", files)));
    times.ours.push(await timed(() => hashFiles(files.map((file) => ({ path: file, size })))));
  }
  const [peer, ours] = [median(times.peer), median(times.ours)];
  const show = (ms: number): string => `${ms.toFixed(0)} ms`;
  const ratio = ours / peer;
  return { what, peer: `b3sum ${show(peer)}`, ours: show(ours), ratio, budget: `${BUDGET} x`, held: ratio <= BUDGET };
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
