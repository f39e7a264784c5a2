// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { parseYaml } from "@release-actions/yaml";
import { covers, expandMatrix } from "./matrix.ts";
import { validateWorkflow } from "./validate.ts";
import { isStepList, readWorkflow } from "./workflow.ts";

describe("reading a workflow", () => {
  test("finds jobs and nothing else, whatever the indentation (misleads 15)", () => {
    const text = `on: [push]
env:
  fmt: "fmt:"
jobs:
    clippy:
        runs-on: x
        env:
            test:
        steps:
            - run: |
                jobs:
                  doc:
`;
    const { jobs, triggers } = readWorkflow(text, "w.yml");
    expect(jobs.map(({ id, location }) => [id, location.line])).toEqual([["clippy", 5]]);
    expect(triggers.map(({ event }) => event)).toEqual(["push"]);
  });

  test("takes the shell from the step, the job, or the workflow", () => {
    const text = `on: push
defaults: { run: { shell: sh } }
jobs:
  a: { steps: [{ run: x }, { run: x, shell: bash }] }
  b: { defaults: { run: { shell: pwsh } }, steps: [{ run: x }] }
`;
    const shells = readWorkflow(text, "w.yml").jobs.flatMap(({ steps }) => steps.map(({ shell }) => shell));
    expect(shells).toEqual(["sh", "bash", "pwsh"]);
  });

  test("reads steps that run beside others, and those of a parallel group in its place", async () => {
    const text = `on: push
defaults: { run: { shell: sh } }
jobs:
  a:
    runs-on: x
    steps:
      - { id: server, run: serve, background: true }
      - { id: lint, run: lint, background: true }
      - parallel:
          - run: cargo test
          - { uses: o/r@v1, id: scan }
      - wait: server
      - { wait: [server, lint], name: w }
      - wait-all:
      - cancel: server
`;
    const [job] = readWorkflow(text, "w.yml").jobs;
    const [server, , member, scan, wait, waits, all, cancel] = job?.steps ?? [];
    expect(server).toMatchObject({ id: "server", background: true, waits: undefined });
    expect(member).toMatchObject({ run: "cargo test", shell: "sh", background: true, location: { line: 10 } });
    expect(scan).toMatchObject({ uses: "o/r@v1", background: true });
    expect([wait?.background, waits?.background]).toEqual([false, false]);
    expect([wait?.waits, waits?.waits, all?.waits, cancel?.cancels]).toEqual([
      ["server"],
      ["server", "lint"],
      "all",
      "server",
    ]);
    expect(await validateWorkflow(text, "w.yml")).toEqual([]);
  });

  test.each([
    ["push", ["push"]],
    ["[push, pull_request]", ["push", "pull_request"]],
    ["{ push: { tags: [v*] }, workflow_dispatch: }", ["push", "workflow_dispatch"]],
    ["[push, { schedule: x }]", ["push"]],
    ["", []],
  ])("reads the events of on: %s", (on, events) => {
    const { triggers } = readWorkflow(`on: ${on}\njobs: {}\n`, "w.yml");
    expect(triggers.map(({ event }) => event)).toEqual(events);
    for (const { filters } of triggers.slice(1)) expect(filters.isPresent && filters.isMap).toBe(false);
  });

  test.each([
    ["if: x == 1", "x == 1"],
    ["if: ${{ x == 1 }}", "x == 1"],
    ["if: ${{ a }} && ${{ b }}", "${{ a }} && ${{ b }}"],
    ["if: '${{ a }} '", "a"],
    ["if: ''", undefined],
    ["if: ${{ a }}b", "${{ a }}b"],
    ["name: x", undefined],
  ])("reads the condition of a job with %s", (line, condition) => {
    const { jobs } = readWorkflow(`on: push\njobs:\n  a:\n    ${line}\n`, "w.yml");
    expect(jobs[0]?.condition).toBe(condition);
  });

  test.each([
    ["wait-all: false", []],
    ["wait-all: true", "all"],
    ["wait: a", ["a"]],
    ["run: x", undefined],
  ])("a step with %s waits for %j", (line, waits) => {
    const { jobs } = readWorkflow(`on: push\njobs:\n  a:\n    steps:\n      - ${line}\n`, "w.yml");
    expect(jobs[0]?.steps[0]?.waits).toEqual(waits);
  });

  test.each([
    ["- run: x\n", true],
    ["%YAML 1.2\n# c\n--- \n\r\n  - run: x\n", true],
    ["[{ run: x }]\n", true],
    ["&a [x]\n", true],
    ["--- \nname: x\n", false],
    ["name: -x\n", false],
    ["", false],
    ["! { a: 1 }\n", false],
  ])("whether the file %j is a list of steps: %p", (text, expected) =>
    expect(isStepList(text, "w.yml")).toBe(expected),
  );

  test("follows anchors, as GitHub does", () => {
    const text = "on: push\njobs:\n  a: &job\n    steps: [{ run: make }]\n  b: *job\n";
    expect(readWorkflow(text, "w.yml").jobs.map(({ steps }) => steps[0]?.run)).toEqual(["make", "make"]);
  });

  test.each([
    ["a key that is there twice", "on: push\njobs:\n  a: {}\n  a: {}\n", "w.yml:4"],
    ["invalid YAML", "on: [push\n", "w.yml:2"],
    ["no jobs", "on: push\n", "`jobs` is missing"],
    ["a list of jobs", "on: push\njobs: [a]\n", "`jobs` is missing"],
    ["nothing", "", "`jobs` is missing"],
  ])("refuses %s", (_case, text, message) => {
    expect(() => readWorkflow(text, "w.yml")).toThrow(message);
  });

  test("survives aliases that stand for gigabytes (B155)", () => {
    const levels = Array.from({ length: 30 }, (_, n) => `l${n}: &l${n} [${n === 0 ? "x" : `*l${n - 1}, *l${n - 1}`}]`);
    const root = parseYaml(`${levels.join("\n")}\n`, "bomb.yml");
    expect(root.get("l29").isList).toBe(true);
    expect(() => root.value).toThrow("Excessive alias count");
  });

  test.each([
    ["an empty file", ""],
    ["comments alone", "# c\n"],
  ])("says without a line that GitHub refuses %s", async (_what, text) => {
    const problems = await validateWorkflow(text, "w.yml");
    expect(problems.map(({ location }) => location)).toEqual([{ file: "w.yml" }]);
  });

  test("says what GitHub would refuse, and in which line", async () => {
    const problems = await validateWorkflow("on: push\njobs:\n  a:\n    runs-on: x\n    stepps: []\n", "w.yml");
    expect(problems[0]).toMatchObject({
      level: "error",
      title: "GitHub refuses this workflow",
      message: expect.stringContaining("stepps"),
      location: { file: "w.yml", line: 5 },
    });
  });
});

test.each([
  ["a job that needs itself", "on: push\njobs:\n  a: { runs-on: x, needs: a, steps: [{ run: x }] }\n", 1],
  [
    "nothing about `case()`, which GitHub accepts",
    'on: push\njobs:\n  a: { runs-on: x, steps: [{ run: "${{ case(true, 1, 2) }}" }] }\n',
    0,
  ],
])("GitHub's parser refuses %s", async (_what, text, count) => {
  const problems = await validateWorkflow(text, "w.yml");
  expect(problems.length > 0 ? 1 : 0).toBe(count);
});

describe("expanding a matrix", () => {
  const expand = (text: string) => expandMatrix(parseYaml(text, "m.yml"));

  test.each([
    [
      "two axes",
      "{ os: [a, b], v: [1, 2] }",
      [
        { os: "a", v: 1 },
        { os: "a", v: 2 },
        { os: "b", v: 1 },
        { os: "b", v: 2 },
      ],
    ],
    ["an exclusion", "{ os: [a, b], exclude: [{ os: a }] }", [{ os: "b" }]],
    [
      "an inclusion that extends one job",
      "{ os: [a, b], include: [{ os: a, x: 1 }] }",
      [{ os: "a", x: 1 }, { os: "b" }],
    ],
    [
      "an inclusion that extends all jobs",
      "{ os: [a, b], include: [{ x: 1 }] }",
      [
        { os: "a", x: 1 },
        { os: "b", x: 1 },
      ],
    ],
    ["an inclusion that adds a job", "{ os: [a], include: [{ os: c }] }", [{ os: "a" }, { os: "c" }]],
    ["inclusions alone", "{ include: [{ os: a }, { os: b }] }", [{ os: "a" }, { os: "b" }]],
  ])("gives the jobs of %s", (_case, text, jobs) => {
    expect(expand(text)).toEqual(jobs);
  });

  test.each(["${{ fromJSON(needs.plan.outputs.m) }}", "{ os: '${{ x }}' }", "{ os: [a], include: '${{ x }}' }"])(
    "does not expand %s, which is known only in a run",
    (text) => {
      expect(expand(text)).toBeUndefined();
    },
  );

  test('does not confuse 3.1 with "3.10"', () => {
    expect(covers({ v: 3.1 }, { v: "3.10" })).toBe(false);
  });
});
