import { describe, expect, test } from "@jest/globals";
import { checkRepository } from "./check-repository.ts";

/** Findings as level, rule, job and line. */
async function findings(workflow: string): Promise<string[]> {
  const found = await checkRepository([{ file: "ci.yml", text: workflow }]);
  return found.map(({ level, rule, job, location }) => `${level} ${rule} ${job} ${location.line}`);
}

const JOB = "runs-on: x\n    steps: [{ run: make }]";

describe("a repository without a contract", () => {
  test("gets a warning for a job that can never run", async () => {
    expect(await findings(`on: push\njobs:\n  a:\n    if: github.ref == 'main'\n    ${JOB}\n`)).toEqual([
      "warning unreachable a 4",
    ]);
  });

  test("gets only a notice for a job with `if: false`", async () => {
    expect(await findings(`on: push\njobs:\n  a:\n    if: false\n    ${JOB}\n`)).toEqual(["notice unreachable a 4"]);
  });

  test("gets a warning for a condition that needs a pull request and a push to main at once", async () => {
    const condition =
      "github.event.pull_request.head.repo.full_name == 'org/product' && github.ref == 'refs/heads/main'";
    const on = "{ pull_request: {}, push: { branches: [main] } }";
    expect(await findings(`on: ${on}\njobs:\n  a:\n    if: ${condition}\n    ${JOB}\n`)).toEqual([
      "warning unreachable a 4",
    ]);
  });

  test("does not treat a job as a gate because its `if` checks the results of other jobs", async () => {
    const merge = `  merge:\n    needs: a\n    if: always() && !contains(needs.*.result, 'failure')\n    ${JOB}\n`;
    expect(await findings(`on: push\njobs:\n  a:\n    ${JOB}\n${merge}`)).toEqual([]);
  });

  test("finds a job that calls a workflow of this repository by its full name, at another ref", async () => {
    const called = { file: ".github/workflows/called.yml", text: `on: workflow_call\njobs:\n  a:\n    ${JOB}\n` };
    const uses = "octo/product/.github/workflows/called.yml@v1";
    const caller = { file: ".github/workflows/ci.yml", text: `on: push\njobs:\n  b: { uses: ${uses} }\n` };
    expect(await checkRepository([called])).toMatchObject([{ level: "notice" }]);
    expect(await checkRepository([called, caller])).toEqual([]);
  });

  test.each([
    ["pull_request_target", "", ["warning refused a 6"]],
    ["{ workflow_run: { workflows: [CI] } }", "", ["warning refused a 6"]],
    ["{ workflow_run: { workflows: [CI] } }", "if: github.event.workflow_run.event == 'push'", []],
    [
      "{ workflow_run: { workflows: [CI] } }",
      "if: github.event.workflow_run.head_repository.full_name == github.repository",
      [],
    ],
  ])("gets a warning for a checkout of a fork's code that is refused: %s %s", async (on, condition, expected) => {
    const event = on.startsWith("{") ? "workflow_run.head_sha" : "pull_request.head.sha";
    const step = `{ uses: actions/checkout@v7, with: { ref: "\${{ github.event.${event} }}" } }`;
    const text = `on: ${on}\njobs:\n  a:\n    runs-on: x\n    ${condition}\n    steps: [${step}]\n`;
    expect(await findings(text)).toEqual(expected);
  });

  test.each([
    ["pull_request_target", "actions/cache@v5", ["notice refused a 5"]],
    ["issue_comment", "actions/cache/save@v5", ["notice refused a 5"]],
    ["issue_comment", "actions/cache/restore@v5", []],
    ["[issue_comment, push]", "actions/cache@v5", []],
    ["pull_request", "actions/cache@v5", []],
  ])("gets a notice that GitHub refuses to save a cache: on %s with %s", async (on, uses, expected) => {
    const text = `on: ${on}\njobs:\n  a:\n    runs-on: x\n    steps: [{ uses: ${uses} }]\n`;
    expect(await findings(text)).toEqual(expected);
  });

  test("gets only a notice for text where GitHub's parser expects a mapping, since GitHub runs it", async () => {
    const text = `on: push\njobs:\n  a:\n    env: \${{ fromJSON('{}') }}\n    ${JOB}\n`;
    expect(await findings(text)).toEqual(["notice invalid-workflow  4"]);
  });

  test.each([
    ["that expects success", "jq --exit-status 'all(.result == \"success\")' <<< '${{ toJSON(needs) }}'", []],
    [
      "that also prints the results in color",
      "jq -C <<< '${{ toJSON(needs) }}'\njq -e 'all(.[]; .result == \"success\")' <<< '${{ toJSON(needs) }}'",
      [],
    ],
    [
      "that accepts skipped jobs",
      "jq -e 'all(.result == \"success\" or .result == \"skipped\")' <<< '${{ toJSON(needs) }}'",
      ["warning gate all-green 11"],
    ],
    ["that cannot be followed", "./check '${{ toJSON(needs) }}'", ["notice gate all-green 11"]],
  ])("has the script of its gate interpreted: one %s", async (_case, script, expected) => {
    const gate = `  all-green:\n    needs: [test]\n    if: always()\n    runs-on: x\n    steps:\n      - run: ${JSON.stringify(script)}\n`;
    expect(
      await findings(`on: pull_request\njobs:\n  a:\n    ${JOB}\n  test:\n    needs: a\n    ${JOB}\n\n${gate}`),
    ).toEqual(expected);
  });
});
