import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import * as prover from "./index.ts";
import { type Counts, disagreementOf } from "./testing/agreement.ts";
import { FAULTS } from "./testing/faults.ts";

/** With `PROVER_AGREEMENT=full` the tests try everything, which takes minutes; otherwise they try a sample. */
const IS_FULL = process.env["PROVER_AGREEMENT"] === "full";

/** The numbers of workflows and of random events for each. */
const [WORKFLOWS, TRIES] = IS_FULL ? [200, 10_000] : [40, 60];
/** Every how many planted faults one is tried. */
const STEP = IS_FULL ? 1 : 9;

test("the prover never disagrees with an interpreter that follows only GitHub's documentation", () => {
  const counts: Counts = { proven: 0, refuted: 0, unknown: 0 };
  for (let seed = 1; seed <= WORKFLOWS; seed += 1) expect(disagreementOf(prover, seed, TRIES, counts)).toBeUndefined();
  // Both answers occur often enough to be meaningful.
  expect(counts.proven).toBeGreaterThan(WORKFLOWS);
  expect(counts.refuted).toBeGreaterThan(WORKFLOWS);
  if (IS_FULL) process.stderr.write(`${JSON.stringify(counts)}\n`);
}, 7_200_000);

test("the comparison notices faults that are planted in the prover", async () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(20);
  const script = path.join(import.meta.dirname, "testing/plant-faults.ts");
  const node = [process.execPath, ["--disable-warning=ExperimentalWarning", script, String(STEP)]] as const;
  const { stdout } = await promisify(execFile)(...node);
  expect(JSON.parse(stdout)).toEqual({ tried: Math.ceil(FAULTS.length / STEP), unnoticed: [] });
}, 7_200_000);

test("every fault can be planted at exactly one place", () => {
  for (const { what, file, from } of FAULTS)
    expect([what, readFileSync(path.join(import.meta.dirname, file), "utf8").split(from).length]).toEqual([what, 2]);
});
