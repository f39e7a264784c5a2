import { describe, expect, test } from "@jest/globals";
import { secretUsage } from "./secrets.ts";
import { readWorkflow } from "./workflow.ts";

function usage(...texts: string[]) {
  const { secrets, open } = secretUsage(texts.map((text, index) => readWorkflow(text, `w${index}.yml`)));
  return { names: [...new Set(secrets.map(({ name }) => name))].sort(), open: open.length };
}
const step = (text: string, head = "on: push"): string =>
  `${head}\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:\n        os: [linux, mac]\n        include: [{ os: linux, token: LINUX_TOKEN }, { os: mac, token: MAC_TOKEN }]\n    steps:\n      - run: x\n        env: { A: "${text}" }\n`;

describe("secretUsage", () => {
  test.each([
    [
      "by property, index and in functions",
      "${{ secrets.a }} ${{ secrets['B'] }} ${{ format('{0}', secrets.C) }}",
      ["A", "B", "C"],
      0,
    ],
    ["by a value of the matrix", "${{ secrets[matrix.token] }}", ["LINUX_TOKEN", "MAC_TOKEN"], 0],
    [
      "by a name made of a value of the matrix",
      "${{ secrets[format('{0}_KEY', matrix.os)] }}",
      ["LINUX_KEY", "MAC_KEY"].map((name) => name.toUpperCase()),
      0,
    ],
    ["by a name that only a run knows", "${{ secrets[inputs.name] }}", [], 1],
    ["all at once", "${{ toJSON(secrets) }}", [], 1],
    ["not the token of the run, nor in texts", "${{ secrets.GITHUB_TOKEN }} ${{ 'secrets.X' }} secrets.Y", [], 0],
  ])("finds secrets read %s", (_name, text, names, open) => {
    expect(usage(step(text))).toEqual({ names, open });
  });

  const called = "on:\n  workflow_call:\n    secrets: { TOKEN: {} }";
  test("leaves out what a caller hands over, unless the workflow also runs by itself", () => {
    expect(usage(step("${{ secrets.TOKEN }} ${{ secrets.OWN }}", called)).names).toEqual(["OWN"]);
    expect(usage(step("${{ secrets.TOKEN }}", `${called}\n  push:`)).names).toEqual(["TOKEN"]);
  });

  test.each(["./.github/workflows/w0.yml", "$/.github/workflows/w0.yml"])(
    "counts it where %s is called with all",
    (uses) => {
      const caller = `on: push\njobs:\n  a:\n    uses: ${uses}\n    secrets: inherit\n`;
      expect(usage(step("${{ secrets.TOKEN }}", called), caller)).toEqual({ names: ["TOKEN"], open: 0 });
    },
  );
});
