import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { describeWith } from "../../parts.ts";
import type { StepResult } from "../../runner/job.ts";
import { StagingWorld } from "./staging-world.ts";
import type { NpmClient } from "./world.ts";

jest.setTimeout(1_800_000);

/** Of a platform that is not this one, so that the launcher is not tried again each time. */
const FOREIGN = "darwin-arm64";

/** The step is killed at a request, by whoever cancels a job without waiting, and run again: nothing may be there twice, or be missing. */
describeWith(["cc"], "npm-publish, killed while it stages", () => {
  let staging: StagingWorld;
  beforeAll(async () => {
    staging = await StagingWorld.start();
  });
  afterAll(() => staging.close());
  afterEach(() => staging.proxy.reset());

  const stage = (name: string, client: NpmClient, stop = false, hits: () => number = () => 0): Promise<StepResult> =>
    staging.run([name], {
      client,
      inputs: { platforms: FOREIGN, publish: "stage", token: "npm_plain" },
      ...(stop && { stop: { when: (end: () => void) => void whenHit(hits, end), by: "SIGKILL" } }),
    });

  /** Kills at the request with this number, from 0, which is carried out first or never arrives; then runs again. */
  async function killAt(
    skip: number,
    kind: "reset" | "lost-answer",
    client: NpmClient,
    isWrite: boolean,
  ): Promise<void> {
    const name = staging.world.newName();
    const names = staging.names(name, [FOREIGN]);
    const pattern = { ...(isWrite ? { method: "POST" } : {}), skip, times: 1 };
    const rule = staging.proxy.inject(pattern, { kind });
    const killed = await stage(name, client, true, () => rule.hits);
    // An answer that never comes keeps the step waiting; after a reset it may end by itself before it is killed.
    if (kind === "lost-answer")
      expect([skip, killed.signal, killed.signal === null ? killed.log : ""]).toEqual([skip, "SIGKILL", ""]);
    staging.proxy.reset();
    const again = await stage(name, client);
    expect([skip, kind, again.conclusion, again.conclusion === "success" ? "" : again.log]).toEqual([
      skip,
      kind,
      "success",
      "",
    ]);
    const waiting = staging.waiting(names);
    expect(waiting.map(({ packageName }) => packageName)).toEqual(names);
    const staged: { id: string }[] = JSON.parse(again.outputs["staged"] ?? "");
    expect(staged.map(({ id }) => id)).toEqual(waiting.map(({ id }) => id));
    for (const each of names) expect(staging.front.staging.uploads.get(`${each}@1.2.3`)).toBe(1);
  }

  test("at every request, by npm 12", async () => {
    const first = await stage(staging.world.newName(), "npm");
    expect(first.conclusion).toBe("success");
    const count = staging.proxy.passages.length;
    staging.proxy.reset();
    expect(count).toBeGreaterThan(8);
    for (let skip = 0; skip < count; skip += 1) await killAt(skip, "lost-answer", "npm", false);
  });

  test.each(["reset", "lost-answer"] as const)(
    "at every upload, by npm 11.16, where the request meets %s",
    async (kind) => {
      for (const skip of [0, 1]) await killAt(skip, kind, "npm11", true);
    },
  );
});

const POLL_MS = 5;
const LIMIT_MS = 300_000;

/** Ends the step within milliseconds after the proxy met the request. */
async function whenHit(hits: () => number, end: () => void): Promise<void> {
  for (let waited = 0; waited < LIMIT_MS && hits() === 0; waited += POLL_MS) await sleep(POLL_MS);
  end();
}
