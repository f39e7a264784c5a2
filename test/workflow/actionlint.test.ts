import path from "node:path";
import { expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { fixtureWorkflowFiles, root, workflowFiles } from "./repository-files.ts";

const CONFIG = path.join(root, ".github/actionlint.yaml");

describeWith(["actionlint", "shellcheck"], "actionlint", () => {
  test("finds nothing in our workflows", async () => {
    const files = [...workflowFiles(), ...fixtureWorkflowFiles()].map(({ file }) => file);
    expect(files).toContain(".github/workflows/publish.yml");
    expect(await lint(files)).toBe("");
  });

  test.each([
    ["a job that needs one that is not there", "needs: ghost", "  a", '"ghost" which does not exist'],
    ["an unknown context property", "if: github.evnt == 'push'", "  a", 'property "evnt" is not defined'],
    ["an unquoted variable in a script", "", "      - run: rm -rf $HOME/x $1", "SC2086"],
  ])("flags %s", async (_case, job, step, message) => {
    const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    ${job}\n    steps:\n      - run: echo\n${step.startsWith("      ") ? `${step}\n` : ""}`;
    expect(await lint(["-"], text)).toContain(message);
  });
});

async function lint(files: readonly string[], input = ""): Promise<string> {
  const args = ["-no-color", "-oneline", "-config-file", CONFIG, ...files];
  const result = await runCommand("actionlint", args, { cwd: root, input, check: false });
  expect([0, 1]).toContain(result.exitCode);
  return result.stdout;
}
