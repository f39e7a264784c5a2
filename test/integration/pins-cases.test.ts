import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Job, type StepResult } from "../runner/job.ts";
import { commitAll } from "../support/repository-copy.ts";

const CASES = path.join(import.meta.dirname, "../fixtures/cases/rust");

interface Problem {
  readonly severity: string;
  readonly fact: string;
  readonly places: readonly ({ readonly file: string; readonly line: number } | null)[];
}

interface Outcome {
  readonly step: StepResult;
  /** `severity file:line` of every disagreement, at the place that must follow the other. */
  readonly found: readonly string[];
  readonly warnings: readonly string[];
  readonly read: (file: string) => string;
}

/** Runs the action on one of the repositories, without any configuration. */
async function check(name: string, inputs: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  await using job = await Job.open({ env: {} });
  cpSync(path.join(CASES, name), job.workspace, { recursive: true });
  await commitAll(job.workspace, "everything");
  const step = await job.step("pins-check", { inputs });
  const problems = JSON.parse(step.outputs["problems"] ?? "[]") as readonly Problem[]; // Written by the action itself.
  const found = problems.map(({ severity, places }) => {
    const place = places.at(-1);
    return `${severity} ${place ? `${place.file}:${place.line}` : "tag"}`;
  });
  const files = new Map([".github/workflows/setup.yml", "Cargo.toml"].map((file) => [file, contentOf(job.file(file))]));
  const warnings = step.annotations.filter(({ level }) => level === "warning").map(({ message }) => message);
  return { step, found, warnings, read: (file) => files.get(file) ?? "" };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // Not every repository has this file.
  }
}

describe("pins-check, without configuration", () => {
  test.each<[string, readonly string[]]>([
    ["echo-quotes", []],
    ["release-flags-fix", ["warning .github/workflows/setup.yml:6"]],
    ["msrv-below", []],
    ["arg-without-default", ["error Dockerfile:1"]],
    ["templated-fixture", ["error Dockerfile:1"]],
    ["broken-fixture", ["error Dockerfile:1"]],
    [
      "workflow-places",
      [
        ...[3, 8, 10, 13].map((line) => `error .github/workflows/ci.yml:${line}`),
        ...[14, 15].map((line) => `warning .github/workflows/ci.yml:${line}`),
      ],
    ],
    ["dockerfile-places", [2, 3, 4].map((line) => `error Dockerfile:${line}`)],
    ["image-below-rust-version", ["error Dockerfile:1"]],
    ["no-toolchain-file", ["warning Dockerfile:1"]],
    ["chart-own-version", []],
    ["host-in-channel", ["error Dockerfile:1"]],
    ["hidden-target-flags", ["warning .github/workflows/ci.yml:3"]],
    ["setup-action-rustflags", ["error .github/workflows/release.yml:6"]],
  ])("judges %s", async (name, expected) => {
    const { step, found } = await check(name);
    expect(found).toEqual(expected);
    expect(step.conclusion).toBe(expected.some((line) => line.startsWith("error")) ? "failure" : "success");
  });

  test("compares a tag with crates that have versions of their own", async () => {
    expect((await check("tag-own-version", { tag: "v9.9.9" })).found).toEqual(["error tag"]);
    for (const tag of ["v1.2.3", "app-v1.2.3", "app@1.2.3"])
      expect((await check("tag-own-version", { tag })).found).toEqual([]);
  });

  test.each([
    ["templated-fixture", /^tests\/fixtures\/Chart.yaml:2 is not valid YAML: .*: the file was skipped$/],
    ["broken-fixture", /^x.Dockerfile:2: WRONG is not a Dockerfile instruction: the file was skipped$/],
  ])("names the file that it skipped in %s", async (name, message) => {
    const { step, warnings } = await check(name);
    expect(warnings).toEqual([expect.stringMatching(message)]);
    expect(step.summary).toContain("the file was skipped");
  });

  test("lists an image that is known only in a build in the summary, without an annotation", async () => {
    const { step, warnings } = await check("arg-without-default");
    expect(warnings).toEqual([]);
    expect(step.summary).toContain("t/Dockerfile:2: the image depends on BASE");
  });

  test("a fix does not change places with a warning, or a minimum Rust version", async () => {
    const flags = await check("release-flags-fix", { fix: "true" });
    expect(flags.read(".github/workflows/setup.yml")).toBe(
      readFileSync(path.join(CASES, "release-flags-fix/.github/workflows/setup.yml"), "utf8"),
    );
    const minimum = await check("msrv-below", { fix: "true" });
    expect(minimum.read("Cargo.toml")).toBe(readFileSync(path.join(CASES, "msrv-below/Cargo.toml"), "utf8"));
    expect(minimum.step.log).toContain("rust-version 1.85 is a minimum below the toolchain");
  });
});
