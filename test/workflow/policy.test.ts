import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseYaml, readWorkflow } from "@release-actions/workflow";
import { checkAction, checkProgram } from "./policy/action-policy.ts";
import type { Known, KnownAction } from "./policy/uses.ts";
import { checkWorkflow } from "./policy/workflow-policy.ts";
import { actionFiles, root, workflowFiles } from "./repository-files.ts";

const known = knownHere();

describe("our policy", () => {
  test.each(workflowFiles())("is kept by the workflow $file", (workflow) => {
    expect(checkWorkflow(workflow, known)).toEqual([]);
  });

  test.each(actionFiles())("is kept by the action $file", (action) => {
    expect(checkAction(action, root, known)).toEqual([]);
  });
});

const GOOD = `on: push
permissions: {}
concurrency: { group: x }
jobs:
  a:
    runs-on: x
    timeout-minutes: 5
    permissions: {}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - id: contract
        uses: $/actions/ci-contract
        with: { contract: x.yml }
      - id: script
        run: echo "made=1" >> "$GITHUB_OUTPUT"
      - run: echo "$OK"
        env: { OK: "\${{ steps.contract.outputs.ok }}\${{ steps.script.outputs.made }}" }
`;

describe("the policy for workflows", () => {
  const check = (text: string) => checkWorkflow({ file: "w.yml", text }, known);

  test("accepts a workflow that keeps it", () => {
    expect(check(GOOD)).toEqual([]);
  });

  test.each([
    ["no permissions at the top", "permissions: {}\nc", "c", "1: `permissions: {}` is missing"],
    [
      "generous permissions at the top",
      "permissions: {}\nc",
      "permissions: read-all\nc",
      "1: `permissions: {}` is missing",
    ],
    ["no concurrency", "concurrency: { group: x }\n", "", "1: `concurrency` is missing"],
    ["a job without permissions", "    permissions: {}\n", "", "has no `permissions` of its own"],
    ["a job without a timeout", "    timeout-minutes: 5\n", "", "has no `timeout-minutes`"],
    ["an action by tag", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v6", "is not pinned"],
    ["an action by a short hash", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@de0fac2", "is not pinned"],
    ["a hash without its tag", " # v7.0.1", "", "lacks the tag"],
    [
      "an action of ours that does not exist",
      "$/actions/ci-contract",
      "$/actions/ci-contrct",
      "$/actions/ci-contrct does not exist",
    ],
    [
      "an action of ours by tag",
      "$/actions/ci-contract",
      "org/actions/ci-contract@v1",
      "name our own as $/actions/<name>",
    ],
    ["an action of ours by path", "$/actions/ci-contract", "./ci-contract", "looked for in the caller's repository"],
    [
      "an input that the action lacks",
      "{ contract: x.yml }",
      "{ contrat: x.yml }",
      "13: ci-contract has no input contrat",
    ],
    [
      "an output that the action lacks",
      "contract.outputs.ok",
      "contract.outputs.okay",
      "11: steps.contract.outputs.okay is read",
    ],
    [
      "an output that the script never sets",
      "script.outputs.made",
      "script.outputs.built",
      "is read, but the step never sets it",
    ],
    [
      "an output of a step that does not exist",
      "steps.script.outputs",
      "steps.scrpt.outputs",
      "there is no step scrpt",
    ],
    [
      "an expression in a script (F135)",
      'echo "$OK"',
      "echo ${{ github.head_ref }}",
      "16: a script contains an expression",
    ],
  ])("flags %s", (_case, from, to, message) => {
    expect(GOOD).toContain(from);
    expect(check(GOOD.replace(from, to)).join("\n")).toContain(message);
  });

  test("flags inherited secrets, a workflow that cannot be called, and one that queues when called", () => {
    const text = `on: workflow_call
permissions: {}
concurrency: { group: x }
jobs:
  a:
    permissions: {}
    uses: $/.github/workflows/ci.yml
    secrets: inherit
`;
    expect(check(text)).toEqual([
      "w.yml:3: a called workflow that queues by itself can wait for its own caller",
      "w.yml:8: secrets are named, not inherited",
      "w.yml:7: $/.github/workflows/ci.yml cannot be called",
    ]);
  });
});

describe("the policy for actions", () => {
  const action = parseYaml("inputs:\n  file: {}\n  dry-run: {}\noutputs:\n  size: {}\n  ok: {}\n", "action.yml");

  test("accepts a program that reads its inputs and sets its outputs", () => {
    const source = 'const { file, "dry-run": dry } = inputs; setOutput("size", 1); setOutput("ok", true);';
    expect(checkProgram(action, source)).toEqual([]);
  });

  test("flags an input that is never read and an output that is never set", () => {
    expect(checkProgram(action, 'profile("dry-run-2"); setOutput("size", ok);')).toEqual([
      "action.yml:2: input file is never read",
      "action.yml:3: input dry-run is never read",
      "action.yml:6: output ok is never set",
    ]);
  });

  test("flags what is wrong in a composite action", () => {
    const text = `inputs:
  used: {}
  unused: {}
outputs:
  none: {}
  ghost: { value: "\${{ steps.ghost.outputs.x }}" }
runs:
  using: composite
  steps:
    - uses: someone/else@v1
      if: inputs.undeclared
    - run: echo \${{ inputs.used }}
      shell: bash
`;
    expect(checkAction({ file: "a/action.yml", text }, root, known)).toEqual([
      "a/action.yml:1: input undeclared is read and not declared",
      "a/action.yml:3: input unused is never read",
      "a/action.yml:5: output none is never set",
      "a/action.yml:1: steps.ghost.outputs.x: there is no step ghost",
      "a/action.yml:10: someone/else@v1 is not pinned by a commit's full hash",
      "a/action.yml:12: a script contains an expression",
    ]);
  });
});

function knownHere(): Known {
  const { repository }: { repository: string } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const callable = workflowFiles().filter(({ file, text }) => {
    return readWorkflow(text, file).triggers.some(({ event }) => event === "workflow_call");
  });
  return {
    repository,
    actions: new Map(
      actionFiles().map(({ file, text }) => [path.basename(path.dirname(file)), knownAction(file, text)]),
    ),
    workflows: new Set(callable.map(({ file }) => path.basename(file))),
  };
}

function knownAction(file: string, text: string): KnownAction {
  const action = parseYaml(text, file);
  const inputs = action.get("inputs").entries();
  return {
    inputs: new Map(inputs.map(([name, node]) => [name, { required: node.get("required").value === true }])),
    outputs: new Set(
      action
        .get("outputs")
        .entries()
        .map(([name]) => name),
    ),
  };
}
