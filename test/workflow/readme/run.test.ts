import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { ActLog } from "../../act/log.ts";
import { describeWithEngines } from "../../engines.ts";
import { PageRuns } from "./page-runs.ts";
import { placeTrials, runnableBlocks } from "./place-trials.ts";
import { TRIALS } from "./trials.ts";

const MINUTES = 60_000;

jest.setTimeout(3 * MINUTES);
const { placed, untried } = placeTrials(TRIALS);

test("every workflow, job and step of our pages has a trial in the table", () => {
  expect(untried.map(({ place, text }) => `${place}\n${text}`)).toEqual([]);
});

describeWithEngines("the blocks of our pages", ["containerd", "overlay2"], (engine) => {
  const here = engine.variant === "containerd" ? placed : placed.filter(({ trial }) => trial.onEitherStore);
  let runs: PageRuns;
  beforeAll(async () => {
    runs = await PageRuns.open(engine);
  });
  afterAll(async () => {
    await runs?.[Symbol.asyncDispose]();
    const places = new Set(executed.flat()).size;
    console.log(`${runnableBlocks().length} blocks, ${engine.variant}: ${places} executed in ${executed.length} runs`);
  });
  /** The places of each text that ran successfully. */
  const executed: (readonly string[])[] = [];

  test.each(here.map((trial) => [trial.trial.block.replaceAll("\n", " "), trial] as const))(
    "work as their page says: %s",
    async (_name, trial) => {
      const log = await runs.run(trial);
      expect([outcome(log), outcome(log) === "success" ? "" : log.text]).toEqual(["success", ""]);
      executed.push(trial.places);
    },
  );
});

/** "success" if there was a job and every job succeeded, else what went wrong. */
function outcome({ exitCode, jobs }: ActLog): string {
  if (jobs.size === 0) return "no job ran";
  // act gives no result to a job that calls a workflow, but to the called workflow's jobs.
  const calls = (name: string): boolean =>
    [...jobs.keys()].some((other) => other.startsWith(`${name.split("/").at(-1)}/`));
  const failed = [...jobs].filter(
    ([name, { result }]) => result !== "success" && !(result === undefined && calls(name)),
  );
  return exitCode === 0 && failed.length === 0 ? "success" : `failed: ${failed.map(([name]) => name).join(", ")}`;
}
