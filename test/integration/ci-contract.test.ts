import { describe, expect, test } from "@jest/globals";
import type { Job, StepResult } from "../runner/job.ts";
import { runAction } from "../runner/run-action.ts";

const WORKFLOW = `on: [push, pull_request]
jobs:
  fmt:
    runs-on: ubuntu-latest
    steps:
      - run: cargo fmt --check || true
`;

async function check(
  files: Readonly<Record<string, string>>,
  inputs: Record<string, string> = {},
): Promise<StepResult> {
  const prepare = async (job: Job): Promise<void> => {
    job.write(files);
  };
  return (await runAction("ci-contract", { prepare, step: { inputs } })).main;
}

describe("ci-contract", () => {
  test("passes and sets the outputs of a pass", async () => {
    const step = await check({
      "ci-contract.yml": "jobs: { fmt: { run: cargo fmt --check } }\n",
      ".github/workflows/ci.yml": WORKFLOW.replace(" || true", ""),
    });
    expect(step).toMatchObject({ conclusion: "success", annotations: [], outputs: { ok: "true", findings: "[]" } });
  });

  test("does not read the steps of cargo-dist's build setup as a workflow", async () => {
    const step = await check({
      "ci-contract.yml": "jobs: { fmt: { run: cargo fmt --check } }\n",
      ".github/workflows/ci.yml": WORKFLOW.replace(" || true", ""),
      ".github/workflows/build-setup.yml": "- name: Set up\n  run: just setup\n",
    });
    expect(step).toMatchObject({ conclusion: "success", outputs: { ok: "true" } });
  });

  test("fails with an annotation at the job, and gives the findings as JSON", async () => {
    const step = await check({
      "ci-contract.yml": "jobs:\n  fmt: { run: cargo fmt --check }\n  docs: {}\n",
      ".github/workflows/ci.yml": WORKFLOW,
    });
    expect(step.conclusion).toBe("failure");
    expect(step.outputs["ok"]).toBe("false");
    expect(JSON.parse(step.outputs["findings"] ?? "")).toEqual([
      {
        level: "error",
        rule: "missing-command",
        job: "fmt",
        message: "`cargo fmt --check` does not count: it is followed by ||",
        file: ".github/workflows/ci.yml",
        line: 6,
      },
      expect.objectContaining({ rule: "missing-job", job: "docs", file: "ci-contract.yml", line: 3 }),
    ]);
    expect(step.annotations[0]).toMatchObject({ level: "error", file: ".github/workflows/ci.yml", line: 6 });
    expect(step.summary).toContain("### ❌ CI contract: 2 errors\n");
    expect(step.summary).toContain("| `fmt`: `cargo fmt --check` does not count");
  });

  test("without a contract, looks for faults that no repository should have, and warns", async () => {
    const step = await check({
      ".github/workflows/ci.yml": WORKFLOW.replace("    runs-on", "    if: github.ref == 'main'\n    runs-on"),
    });
    expect(step).toMatchObject({ conclusion: "success", outputs: { ok: "true" } });
    expect(step.annotations).toMatchObject([{ level: "warning", file: ".github/workflows/ci.yml", line: 4 }]);
  });

  test("suggests a contract where the repository has none", async () => {
    const step = await check({ ".github/workflows/ci.yml": WORKFLOW }, { mode: "suggest" });
    expect(step).toMatchObject({ conclusion: "success", annotations: [] });
    expect(step.log).toContain("ci-contract.yml lists what the workflows do today");
  });

  test("does not suggest a contract where a person wrote one", async () => {
    const step = await check(
      { ".github/workflows/ci.yml": WORKFLOW, "ci-contract.yml": "jobs: { fmt: }\n" },
      { mode: "suggest" },
    );
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toContain("ci-contract.yml already exists");
  });

  test("fails when the named contract does not exist", async () => {
    const step = await check({ ".github/workflows/ci.yml": WORKFLOW }, { contract: "promises.yml" });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toContain("promises.yml does not exist");
  });

  test.each([
    ["no workflows", { "ci-contract.yml": "jobs: { fmt: }\n" }, "there is no folder .github/workflows with workflows"],
    [
      "a contract that is a binary",
      { "ci-contract.yml": "\0", ".github/workflows/ci.yml": WORKFLOW },
      "is not a text file",
    ],
    [
      "a workflow that is not YAML",
      { "ci-contract.yml": "jobs: { fmt: }\n", ".github/workflows/ci.yml": "a: [" },
      "GitHub refuses .github/workflows/ci.yml: line 1: ",
    ],
  ])("fails and says so with %s", async (_case, files, message) => {
    const step = await check(files);
    expect(step.conclusion).toBe("failure");
    expect(step.annotations.map((annotation) => annotation.message).join("\n")).toContain(message);
    expect(step.log).not.toContain("This is a bug");
  });
});
