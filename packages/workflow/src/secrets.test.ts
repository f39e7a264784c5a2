// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { secretUsage } from "./secrets.ts";
import { readWorkflow } from "./workflow.ts";

function usage(...texts: string[]) {
  const { secrets, open } = secretUsage(texts.map((text, index) => readWorkflow(text, `w${index}.yml`)));
  return { names: [...new Set(secrets.map(({ name }) => name))].sort(), open: open.length };
}
const step = (text: string, head = "on: push"): string =>
  `${head}\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:\n        os: [linux, mac]\n        keys: [{ a: b }]\n        include: [{ os: linux, token: LINUX_TOKEN }, { os: mac, token: MAC_TOKEN }]\n    steps:\n      - run: x\n        env: { A: "${text}" }\n`;

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
      "by a name built from a value of the matrix",
      "${{ secrets[format('{0}_KEY', matrix.os)] }}",
      ["LINUX_KEY", "MAC_KEY"].map((name) => name.toUpperCase()),
      0,
    ],
    ["by a name that is known only in a run", "${{ secrets[inputs.name] }}", [], 1],
    ["by a name of another context than the matrix", "${{ secrets[inputs.token] }}", [], 1],
    ["by a name made of two values", "${{ secrets[format('{1}_{0}', matrix.os, 'a')] }}", ["A_LINUX", "A_MAC"], 0],
    ["by a name with a placeholder that has no value", "${{ secrets[format('{0}_{1}', matrix.os)] }}", [], 1],
    ["by a value that the matrix does not have", "${{ secrets[matrix.missing] }}", [], 1],
    ["by a value of the matrix that is a mapping", "${{ secrets[matrix.keys] }}", [], 1],
    ["by a name that is computed", "${{ secrets[inputs.a || 'B'] }}", [], 1],
    ["all at once", "${{ toJSON(secrets) }}", [], 1],
    [
      "but not the run's own token, nor names in plain text",
      "${{ secrets.GITHUB_TOKEN }} ${{ 'secrets.X' }} secrets.Y",
      [],
      0,
    ],
  ])("finds secrets read %s", (_name, text, names, open) => {
    expect(usage(step(text))).toEqual({ names, open });
  });

  const details = (text: string, file = "w.yml") =>
    secretUsage([readWorkflow(text, file)]).secrets.map(({ name, isOptional, hasIdentity }) =>
      [name, isOptional ? "optional" : "needed", ...(hasIdentity ? ["identity"] : [])].join(" "),
    );

  test.each([
    ["secrets.A", "A needed"],
    ["(secrets.A)", "A needed"],
    ["secrets.A || github.token", "A optional"],
    ["github.token || secrets.A", "A optional"],
    ["github.ref && secrets.A", "A needed"],
    ["secrets.A && 'x'", "A optional"],
    ["secrets.A != ''", "A optional"],
    ["!secrets.A", "A optional"],
    ["format('{0}{1}', secrets.A == '', secrets.B)", "A optional", "B needed"],
    ["github.event[secrets.A]", "A needed"],
  ])("in %s, a secret with an alternative, or that is only tested, is optional", (text, ...found) => {
    expect(details(step(`\${{ ${text} }}`))).toEqual(found);
  });

  test("a condition only tests a secret, with and without braces", () => {
    const text = (condition: string) => `on: push\njobs:\n  a:\n    if: ${condition}\n    runs-on: x\n    steps: []\n`;
    expect(details(text("secrets.A"))).toEqual(["A optional"]);
    expect(details(text("${{ secrets.A }}"))).toEqual(["A optional"]);
    expect(details(text("secrets A"))).toEqual([]);
  });

  const bomb = Array.from({ length: 30 }, (_, n) => `l${n}: &l${n} [${n === 0 ? "x" : `*l${n - 1}, *l${n - 1}`}]`);

  test("reads aliases that stand for gigabytes once, and finds the secrets beside them", () => {
    const head = `on: push\n${bomb.join("\n")}\nname: \${{ secrets.TITLE }}`;
    expect(usage(step("${{ secrets.A }}", head))).toEqual({ names: ["A", "TITLE"], open: 0 });
    expect(usage(`on: push\nenv: &a [*a, "\${{ secrets.A }}"]\njobs: {}\n`)).toEqual({ names: ["A"], open: 0 });
  });

  test("reads an alias again in each job, since their matrices differ", () => {
    const job = (id: string, token: string, env: string): string =>
      `  ${id}:\n    runs-on: x\n    strategy: { matrix: { token: [${token}] } }\n    env: ${env}\n`;
    const text = `on: push\njobs:\n${job("a", "ONE", "&env { A: '${{ secrets[matrix.token] }}' }")}${job("b", "TWO", "*env")}`;
    expect(usage(text)).toEqual({ names: ["ONE", "TWO"], open: 0 });
  });

  test("a matrix that stands for gigabytes is an error, and not a workflow without secrets", () => {
    const text = step("${{ secrets[matrix.token] }}", `on: push\n${bomb.join("\n")}`).replace("[linux, mac]", "[*l29]");
    expect(() => usage(text)).toThrow("Excessive alias count");
    expect(usage(text.replace("secrets[matrix.token]", "matrix.os"))).toEqual({ names: [], open: 0 });
  });

  test("a star reads the whole context, too", () => {
    expect(usage(step("${{ toJSON(secrets.*) }}"))).toEqual({ names: [], open: 1 });
  });

  test.each([
    ["permissions: { id-token: write }", "", ["A needed identity"]],
    ["permissions: write-all", "", ["A needed identity"]],
    ["permissions: { id-token: write }", "permissions: { contents: read }", ["A needed"]],
    ["permissions: read-all", "permissions: { id-token: write }", ["A needed identity"]],
    ["permissions: { id-token: none }", "", ["A needed"]],
    ["name: w", "", ["A needed"]],
  ])("with %s in the workflow and %j in the job, finds whether the job has an identity", (above, own, found) => {
    const job = `runs-on: x\n    ${own}\n    steps:\n      - { run: x, env: { A: "\${{ secrets.A }}" } }`;
    expect(details(`on: push\n${above}\njobs:\n  a:\n    ${job}\n`)).toEqual(found);
  });

  test("finds secrets outside of jobs, with their line", () => {
    const text = 'on: push\nenv:\n  A: "${{ secrets.A }}"\njobs:\n  a:\n    runs-on: x\n    steps: []\n';
    const [found] = secretUsage([readWorkflow(text, "w.yml")]).secrets;
    expect(found).toMatchObject({ name: "A", location: { file: "w.yml", line: 3 }, hasIdentity: false });
  });

  test("an empty name in the matrix does not name a secret", () => {
    const text = step("${{ secrets[matrix.token] }}").replace("token: MAC_TOKEN", "token: ''");
    expect(usage(text)).toEqual({ names: ["LINUX_TOKEN"], open: 0 });
  });

  test("counts the secrets as unknown when a called workflow cannot be read", () => {
    const call = (uses: string) => `on: push\njobs:\n  a:\n    uses: ${uses}\n    secrets: inherit\n`;
    expect(usage(call("o/r/.github/workflows/w.yml@v1")).open).toBe(1);
    expect(usage(call("./.github/workflows/missing.yml")).open).toBe(1);
    expect(usage(call("./.github/workflows/w0.yml")).open).toBe(0);
  });

  const called = "on:\n  workflow_call:\n    secrets: { TOKEN: {} }";
  test("leaves out the secrets that a caller passes, unless the workflow also runs by itself", () => {
    expect(usage(step("${{ secrets.TOKEN }} ${{ secrets.OWN }}", called)).names).toEqual(["OWN"]);
    expect(usage(step("${{ secrets.TOKEN }}", `${called}\n  push:`)).names).toEqual(["TOKEN"]);
  });

  test.each(["./.github/workflows/w0.yml", "$/.github/workflows/w0.yml"])(
    "counts a secret where %s is called with `secrets: inherit`",
    (uses) => {
      const caller = `on: push\njobs:\n  a:\n    uses: ${uses}\n    secrets: inherit\n`;
      expect(usage(step("${{ secrets.TOKEN }}", called), caller)).toEqual({ names: ["TOKEN"], open: 0 });
    },
  );
});
