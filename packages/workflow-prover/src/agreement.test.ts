import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import * as prover from "./index.ts";
import { type Counts, disagreementOf } from "./testing/agreement.ts";
import { FAULTS } from "./testing/faults.ts";

/** Workflows, and random events for each of them. */
const WORKFLOWS = 100;
const TRIES = 300;

test("an interpreter that is written from GitHub's pages alone never disagrees with the prover", () => {
  const counts: Counts = { proven: 0, refuted: 0, unknown: 0 };
  for (let seed = 1; seed <= WORKFLOWS; seed += 1) expect(disagreementOf(prover, seed, TRIES, counts)).toBeUndefined();
  // Both answers are there often enough to mean something.
  expect(counts.proven).toBeGreaterThan(100);
  expect(counts.refuted).toBeGreaterThan(200);
}, 300_000);

test("it notices every one of the faults that are planted in the prover", async () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(20);
  const script = path.join(import.meta.dirname, "testing/plant-faults.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", script]);
  expect(JSON.parse(stdout)).toEqual([]);
}, 900_000);
