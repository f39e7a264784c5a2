import { expect, jest, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { whyNoMounts } from "../../scripts/docker-engine/machine.ts";
import { describeWith, describeWithout } from "../parts.ts";
import { Act } from "./act.ts";
import { userRepository } from "./published-tree.ts";

const MINUTES = 60_000;

jest.setTimeout(MINUTES);

const noMounts = await whyNoMounts();
const TERMINAL = "running a workflow without a terminal";

const ACTION = `name: say
description: d
inputs: { word: {} }
runs:
  using: node24
  main: index.js
`;

describeWith(["act"], "running a workflow on this machine", () => {
  test("gives each job's result, steps, outputs and summary, and continues with the jobs that need it", async () => {
    using actions = new FileTree({
      "say/action.yml": ACTION,
      "say/index.js": `const fs = require("node:fs");
fs.appendFileSync(process.env.GITHUB_OUTPUT, "said=" + process.env.INPUT_WORD + "\\n");
fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, "# Said\\n");
console.log("saying " + process.env.INPUT_WORD);
`,
    });
    using repository = await userRepository({
      ".github/workflows/ci.yml": `on: { push: {}, workflow_dispatch: { inputs: { word: { type: string } } } }
jobs:
  first:
    runs-on: ubuntu-latest
    outputs: { said: "\${{ steps.say.outputs.said }}" }
    steps:
      - id: say
        uses: org/actions/say@v1
        with: { word: "\${{ inputs.word || github.event.word }}" }
  second:
    needs: first
    runs-on: ubuntu-latest
    steps:
      - run: echo "heard $WORD with $SECRET"; exit 3
        env: { WORD: "\${{ needs.first.outputs.said }}", SECRET: "\${{ secrets.KEY }}" }
  third:
    needs: second
    runs-on: ubuntu-latest
    steps: [{ run: echo never }]
`,
    });
    using act = new Act({ repository: repository.root, uses: { "org/actions@v1": actions.root } });
    const log = await act.run("push", { payload: { word: "hello" }, secrets: { KEY: "hidden" } });
    expect(log.exitCode).not.toBe(0);
    const [first, second] = [log.jobs.get("ci.yml/first"), log.jobs.get("ci.yml/second")];
    expect(first).toMatchObject({ result: "success", output: "saying hello\n", summary: "# Said\n" });
    expect(first?.outputs.get("said")).toBe("hello");
    expect(second).toMatchObject({ result: "failure", output: expect.stringContaining("heard hello with ***") });
    expect(second?.steps.some(({ result }) => result === "failure")).toBe(true);
    expect(log.jobs.get("ci.yml/third")?.steps ?? []).toEqual([]);
    const dispatched = await act.run("workflow_dispatch", { inputs: { word: "input" } });
    expect(dispatched.jobs.get("ci.yml/first")?.outputs.get("said")).toBe("input");
  });
});

if (noMounts === undefined) describeWith(["act"], TERMINAL, withoutTerminal);
else describeWithout(`no process can have mounts of its own (${noMounts})`, TERMINAL);

function withoutTerminal(): void {
  test("gives a step no terminal, and keeps what it prints directly before it fails", async () => {
    using repository = await userRepository({
      ".github/workflows/ci.yml": `on: push
jobs:
  last:
    runs-on: ubuntu-latest
    steps: [{ run: "test ! -t 0; test ! -t 1; yes | head --lines 100000; echo the last line; exit 3" }]
`,
    });
    using act = new Act({ repository: repository.root, uses: {} });
    const log = await act.run("push");
    expect(log.jobs.get("ci.yml/last")).toMatchObject({
      result: "failure",
      output: expect.stringMatching(/the last line\n$/),
    });
  });
}
