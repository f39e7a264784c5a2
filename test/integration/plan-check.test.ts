import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { describeWith } from "../parts.ts";
import { Widget } from "../release/widget.ts";
import { Job, type StepResult } from "../runner/job.ts";

const MINUTES = 60_000;
const config = (...targets: string[]): string =>
  `[dist]\ntargets = [\n${targets.map((one) => `"${one}",\n`).join("")}]\n`;

describeWith(["dist", "cargo"], "plan-check, on a plan of the real cargo-dist", () => {
  const widget = new Widget();
  let plan: string;
  beforeAll(async () => {
    await widget.setVersion("1.2.3");
    plan = await widget.dist("plan", "--tag=v1.2.3");
  }, MINUTES);
  afterAll(() => widget[Symbol.dispose]());

  async function check(toml: string, tag = "v1.2.3"): Promise<StepResult> {
    const env = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: tag };
    await using job = await Job.open({ env });
    await writeFile(job.file("plan.json"), plan);
    await writeFile(job.file("dist-workspace.toml"), toml);
    return await job.step("plan-check", { inputs: { plan: "plan.json" } });
  }

  test("passes when all targets are planned for all apps", async () => {
    const step = await check(config("aarch64-apple-darwin", "x86_64-unknown-linux-musl"));
    expect(step).toMatchObject({
      conclusion: "success",
      annotations: [],
      outputs: { version: "1.2.3", missing: "[]" },
    });
  });

  test("fails at the line of a target that the plan lacks", async () => {
    const step = await check(config("aarch64-apple-darwin", "aarch64-pc-windows-msvc"));
    expect(step.conclusion).toBe("failure");
    expect(JSON.parse(step.outputs["missing"] ?? "")).toEqual([
      { app: "widget", target: "aarch64-pc-windows-msvc" },
      { app: "widget-server", target: "aarch64-pc-windows-msvc" },
    ]);
    expect(step.annotations[0]).toMatchObject({
      message: "aarch64-pc-windows-msvc is declared, but the plan has no archive of widget for it",
    });
    expect(step.summary).toContain("| aarch64-pc-windows-msvc | missing | missing |");
  });

  test("fails when no targets are declared, and for a tag that is not planned", async () => {
    expect((await check("[dist]\n")).annotations[0]?.message).toContain("dist-workspace.toml declares no targets");
    const other = await check(config("aarch64-apple-darwin"), "v1.2.4");
    expect(other.annotations[0]?.message).toContain("runs for the tag v1.2.4, but the plan announces v1.2.3");
  });
});
