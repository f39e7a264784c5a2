import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { describeWith } from "../../parts.ts";
import { killedRequests, middleRequest } from "../../release/killed-requests.ts";
import type { StepResult } from "../../runner/job.ts";
import { PLATFORMS, StagingWorld } from "./staging-world.ts";
import type { NpmClient } from "./world.ts";

jest.setTimeout(7_200_000);

/** A platform other than this machine's, so that the launcher is not tested each time. */
const FOREIGN = "darwin-arm64";

/** Kills the step at a request, as when a job is cancelled by force, and runs it again: no stage may be doubled or missing. */
describeWith(["cc"], "npm-publish, killed while it stages", () => {
  let staging: StagingWorld;
  beforeAll(async () => {
    staging = await StagingWorld.start();
  });
  afterAll(() => staging.close());
  afterEach(() => staging.proxy.reset());

  /** The products that are released together, and the platforms of each. */
  interface Matrix {
    readonly products: number;
    readonly platforms: readonly string[];
  }
  const SMALL: Matrix = { products: 1, platforms: [FOREIGN] };

  const stage = (
    names: readonly string[],
    { platforms }: Matrix,
    client: NpmClient,
    hits?: () => number,
  ): Promise<StepResult> =>
    staging.run(names, {
      client,
      inputs: { platforms: platforms.join(" "), publish: "stage", token: "npm_plain" },
      ...(hits && { stop: { when: (end: () => void) => void whenHit(hits, end), by: "SIGKILL" } }),
    });
  const newNames = ({ products }: Matrix): string[] => Array.from({ length: products }, () => staging.world.newName());

  /** The number of requests of a release without faults. */
  async function requestsOf(matrix: Matrix, client: NpmClient): Promise<number> {
    const first = await stage(newNames(matrix), matrix, client);
    expect([first.conclusion, first.conclusion === "success" ? "" : first.log]).toEqual(["success", ""]);
    const count = staging.proxy.passages.length;
    staging.proxy.reset();
    return count;
  }

  /** Kills the step at this request (from 0), which is carried out first or never arrives. Then runs the step again. */
  async function killAt(
    skip: number,
    kind: "reset" | "lost-answer",
    client: NpmClient,
    { isWrite = false, matrix = SMALL }: { readonly isWrite?: boolean; readonly matrix?: Matrix } = {},
  ): Promise<void> {
    const products = newNames(matrix);
    // All parts of all products come before the first of the packages that people install.
    const names = [
      ...products.flatMap((product) => staging.names(product, matrix.platforms).slice(0, -1)),
      ...products,
    ];
    const pattern = { ...(isWrite ? { method: "POST" } : {}), skip, times: 1 };
    const rule = staging.proxy.inject(pattern, { kind });
    const killed = await stage(products, matrix, client, () => rule.hits);
    // Without an answer the step waits until it is killed. After a reset it may end by itself before that.
    if (kind === "lost-answer")
      expect([skip, killed.signal, killed.signal === null ? killed.log : ""]).toEqual([skip, "SIGKILL", ""]);
    staging.proxy.reset();
    const again = await stage(products, matrix, client);
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

  test("at any of its requests, by npm 12", async () => {
    const count = await requestsOf(SMALL, "npm");
    expect(count).toBeGreaterThan(8);
    for (const at of killedRequests(count)) await killAt(at - 1, "lost-answer", "npm");
  });

  test.each(["npm", "npm11"] as const)(
    "two products with four platforms, at any of their requests, by %s",
    async (client) => {
      const matrix = { products: 2, platforms: PLATFORMS };
      const count = await requestsOf(matrix, client);
      expect(count).toBeGreaterThan(40);
      for (const at of middleRequest(count)) await killAt(at - 1, "lost-answer", client, { matrix });
    },
  );

  test.each(["reset", "lost-answer"] as const)("at every upload, by npm 11.16, with the fault %s", async (kind) => {
    for (const skip of [0, 1]) await killAt(skip, kind, "npm11", { isWrite: true });
  });
});

const POLL_MS = 5;
const LIMIT_MS = 300_000;

/** Ends the step within milliseconds after the proxy got the request. */
async function whenHit(hits: () => number, end: () => void): Promise<void> {
  for (let waited = 0; waited < LIMIT_MS && hits() === 0; waited += POLL_MS) await sleep(POLL_MS);
  end();
}
