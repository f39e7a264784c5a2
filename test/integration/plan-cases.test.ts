import { cpSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Job, type StepResult } from "../runner/job.ts";

const CASES = path.join(import.meta.dirname, "../fixtures/cases/plan");

async function check(
  folder: string,
  tag: string | undefined,
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const ref =
    tag === undefined
      ? { GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "1/merge" }
      : { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: tag };
  await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget", ...ref } });
  cpSync(path.join(CASES, folder), job.workspace, { recursive: true });
  return await job.step("plan-check", { inputs: { plan: "plan.json", ...inputs } });
}

describe("plan-check, on hand-made plans", () => {
  test("an app with fewer targets on purpose passes when an input says so, and fails otherwise", async () => {
    const silent = await check("plan-server-linux-only", "v1.2.3");
    expect(silent.conclusion).toBe("failure");
    expect(silent.log).toContain("add <app>:<target> to `drop-targets`");
    const inputs = { "drop-targets": "widget-server:*-apple-darwin" };
    const said = await check("plan-server-linux-only", "v1.2.3", inputs);
    expect(said).toMatchObject({ conclusion: "success", outputs: { version: "1.2.3", missing: "[]" } });
    expect(said.summary).toContain("dropped on purpose");
  }, 120_000);

  test("a pull request over several versions passes, and its targets are checked", async () => {
    const step = await check("plan-several-versions-PR", undefined);
    expect(step).toMatchObject({ conclusion: "success", outputs: { version: "", missing: "[]" } });
    expect(step.log).toContain("widget 1.2.3, server 0.9.0 is planned for 4 targets");
  }, 120_000);

  test("a pre-release that cargo-dist announces as a full release on purpose is read", async () => {
    expect(await check("plan-force-latest", "v1.8.0-rc.1")).toMatchObject({
      conclusion: "success",
      outputs: { version: "1.8.0-rc.1" },
    });
  }, 120_000);

  test("reads only the configuration with `plan: none`", async () => {
    const step = await check("plan-force-latest", "v1.8.0-rc.1", { plan: "none" });
    expect(step).toMatchObject({ conclusion: "success", outputs: { "dist-version": "" } });
  }, 120_000);
});
