import { cp } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { Job } from "../../runner/job.ts";
import { Workshop } from "./workshop.ts";

/** A workshop with unsigned programs, and for each test a job with the one for arm64 at `tool` in its workspace. */
export interface SigningBench {
  workshop: Workshop;
  arm64: string;
  amd64: string;
  job: Job;
}

/** Registers the hooks that fill the bench of the block of tests around the call. */
export function useSigningBench(): SigningBench {
  const bench = {} as SigningBench; // The hooks run before whoever reads it.
  beforeAll(async () => {
    bench.workshop = await Workshop.open();
    bench.arm64 = await bench.workshop.build("arm64");
    bench.amd64 = await bench.workshop.build("amd64");
  }, 120_000);
  afterAll(() => bench.workshop[Symbol.asyncDispose]());
  beforeEach(async () => {
    bench.job = await Job.open();
    await cp(bench.arm64, bench.job.file("tool"));
  });
  afterEach(async () => await bench.job.close());
  return bench;
}
