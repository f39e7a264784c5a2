import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { describe, expect, test } from "@jest/globals";
import { actionFiles, fixtureWorkflowFiles, workflowFiles } from "./repository-files.ts";

describe("GitHub's own parser", () => {
  test.each([...workflowFiles(), ...fixtureWorkflowFiles()])("accepts the workflow $file", async ({ file, text }) => {
    expect(await workflowErrors(file, text)).toEqual([]);
  });

  test.each(actionFiles())("accepts the action $file", ({ file, text }) => {
    expect(actionErrors(file, text)).toEqual([]);
  });

  test.each([
    ["an unknown key of a job", "on: push\njobs:\n  a:\n    runs-on: x\n    stepps: []\n", "Unexpected value 'stepps'"],
    [
      "a context that is not available there",
      "on: push\njobs:\n  a:\n    runs-on: x\n    if: matrix.os\n    steps: []\n",
      "matrix",
    ],
    ["an expression that does not end", `on: push\nrun-name: \${{ github.\njobs: {}\n`, "expression"],
    [
      "a cycle of jobs",
      "on: push\njobs:\n  a: { needs: b, runs-on: x }\n  b: { needs: a, runs-on: x }\n",
      "at least one job with no dependencies",
    ],
  ])("refuses a workflow with %s", async (_case, text, message) => {
    expect((await workflowErrors("bad.yml", text)).join("\n")).toContain(message);
  });

  test("refuses an action whose composite step has no shell", () => {
    const text = "name: a\ndescription: d\nruns:\n  using: composite\n  steps:\n    - run: echo\n";
    expect(actionErrors("action.yml", text).join("\n")).toContain("shell");
  });
});

async function workflowErrors(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const template = value === undefined ? undefined : await convertWorkflowTemplate(context, value);
  return [
    ...context.errors.getErrors().map((error) => error.message),
    ...(template?.errors ?? []).map((error) => error.Message),
  ];
}

function actionErrors(name: string, content: string): string[] {
  const { context } = parseAction({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map((error) => error.message);
}
