import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import * as prover from "./index.ts";
import { type Counts, disagreementOf } from "./testing/agreement.ts";
import { FAULTS } from "./testing/faults.ts";

/** With `PROVER_AGREEMENT=full` all that there is is tried, which takes minutes; a run of all tests takes a sample. */
const IS_FULL = process.env["PROVER_AGREEMENT"] === "full";

/** Workflows, and random events for each of them. */
const [WORKFLOWS, TRIES] = IS_FULL ? [200, 10_000] : [40, 60];
/** How many of the planted faults are tried, spread over all of them. */
const STEP = IS_FULL ? 1 : 9;

test("an interpreter that is written from GitHub's pages alone never disagrees with the prover", () => {
  const counts: Counts = { proven: 0, refuted: 0, unknown: 0 };
  for (let seed = 1; seed <= WORKFLOWS; seed += 1) expect(disagreementOf(prover, seed, TRIES, counts)).toBeUndefined();
  // Both answers are there often enough to mean something.
  expect(counts.proven).toBeGreaterThan(WORKFLOWS);
  expect(counts.refuted).toBeGreaterThan(WORKFLOWS);
  if (IS_FULL) process.stderr.write(`${JSON.stringify(counts)}\n`);
}, 7_200_000);

test("it notices the faults that are planted in the prover", async () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(20);
  const script = path.join(import.meta.dirname, "testing/plant-faults.ts");
  const node = [process.execPath, ["--disable-warning=ExperimentalWarning", script, String(STEP)]] as const;
  const { stdout } = await promisify(execFile)(...node);
  expect(JSON.parse(stdout)).toEqual({ tried: Math.ceil(FAULTS.length / STEP), unnoticed: [] });
}, 7_200_000);

test("every fault that can be planted has its one place", () => {
  for (const { what, file, from } of FAULTS)
    expect([what, readFileSync(path.join(import.meta.dirname, file), "utf8").split(from).length]).toEqual([what, 2]);
});
