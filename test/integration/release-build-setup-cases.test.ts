import { cpSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { rustEnv } from "../support/rust-env.ts";

const CASES = path.join(import.meta.dirname, "../fixtures/cases/rust");
const INPUTS = { "notice-command": "none", tools: "none", hakari: "keep" };

async function setUp(name: string, inputs: Readonly<Record<string, string>>): Promise<StepResult> {
  await using job = await Job.open({ env: rustEnv() });
  cpSync(path.join(CASES, name), job.workspace, { recursive: true });
  return await job.step("release-build-setup", { inputs: { ...INPUTS, ...inputs } });
}

describeWith(["cargo", "rustc"], "release-build-setup in repositories that differ from the product", () => {
  test("continues where docker/Dockerfile lacks the default stage, and fails for a named stage", async () => {
    const step = await setUp("no-builder-stage", {});
    expect(step).toMatchObject({ conclusion: "success", annotations: [], outputs: { rustflags: "" } });
    expect(step.log).toContain('has no stage "builder"');
    const named = await setUp("no-builder-stage", { "dockerfile-stage": "buildr" });
    expect(named.conclusion).toBe("failure");
  });

  test("ignores crt-static on musl, as cargo does", async () => {
    const step = await setUp("crt-static-musl", { matrix: '{"targets":["x86_64-unknown-linux-musl"]}' });
    expect(step).toMatchObject({ conclusion: "success", outputs: { rustflags: "--cfg b" } });
  });

  test("uses the only target of a matrix, never the host's flags", async () => {
    const arm = await setUp("matrix-target", { matrix: '{"target":"aarch64-unknown-linux-gnu"}' });
    expect(arm).toMatchObject({ conclusion: "success", outputs: { rustflags: "" } });
    expect(arm.summary).toMatch(/^### ✅ Release build: set up for aarch64-.*\n\n#### Flags and variables\n/);
    expect(arm.summary).toContain("| `RUSTFLAGS` | empty | the configuration |");
    const x64 = await setUp("matrix-target", { matrix: '{"target":"x86_64-unknown-linux-gnu"}' });
    expect(x64.outputs["rustflags"]).toBe("-Ctarget-cpu=x86-64-v3");
  });

  test("warns of an exclusion that matches no flag", async () => {
    const step = await setUp("matrix-target", {
      matrix: '{"target":"x86_64-unknown-linux-gnu"}',
      "rustflags-exclude": "-Ctarget-cpu=*\n--cfg=tokio_*",
    });
    expect(step.summary).toMatch(/^### ⚠️ Release build: set up for x86/);
    expect(step.annotations.map(({ level, message }) => [level, message])).toEqual([
      ["warning", "`rustflags-exclude`: no flag is --cfg=tokio_*, so nothing was left out for it"],
    ]);
  });
});
