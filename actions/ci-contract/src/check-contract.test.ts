import { describe, expect, test } from "@jest/globals";
import { checkContract } from "./check-contract.ts";
import { readContract } from "./contract.ts";

/** The rules that `ci.yml` breaks; a question mark follows a rule that the files cannot decide. */
async function rules(contract: string, workflow: string, more: Record<string, string> = {}): Promise<string[]> {
  return (await findings(contract, workflow, more)).map(({ rule, level }) => (level === "notice" ? `${rule}?` : rule));
}

function findings(contract: string, workflow: string, more: Record<string, string> = {}) {
  const files = Object.entries({ "ci.yml": workflow, ...more }).map(([file, text]) => ({ file, text }));
  return checkContract(readContract(contract, "ci-contract.yml"), files);
}

/** A workflow whose one job runs this script. */
function running(script: string, { on = "push", job = "", step = "" } = {}): string {
  return `on: ${on}
jobs:
  test:
    runs-on: x
    ${job}
    steps:
      - run: ${JSON.stringify(script)}
        ${step}
`;
}

const TEST = "jobs: { test: { run: cargo test } }";

describe("a job that keeps its promise", () => {
  test.each([
    ["by itself", running("cargo test")],
    ["with a `--version` argument", running("cargo test --version 1.2")],
    ["with more arguments than promised", running("cargo test --workspace --locked")],
    ["among other commands", running("cd crate && cargo test\necho done")],
    [
      "with a different indentation",
      "on: push\njobs:\n      test:\n          runs-on: x\n          steps:\n            - run: cargo test\n",
    ],
    ["in flow style", "{ on: push, jobs: { test: { runs-on: x, steps: [{ run: cargo test }] } } }"],
    [
      "in a later step",
      "on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n      - run: cargo test\n",
    ],
    ["under a condition that always holds", running("cargo test", { job: "if: github.event_name == 'push'" })],
    ["with continue-on-error: false", running("cargo test", { job: "continue-on-error: false" })],
    ["in a step that always runs", running("cargo test", { step: "if: always()" })],
  ])("is not reported: %s", async (_case, workflow) => {
    expect(await rules(TEST, workflow)).toEqual([]);
  });
});

describe("a job that only seems to exist", () => {
  test.each([
    [
      "its name is a key of env",
      "on: push\nenv:\n  test: 1\njobs:\n  a:\n    runs-on: x\n    env:\n      test: cargo test\n    steps: [{ run: make }]\n",
    ],
    ["its name is in a comment", "on: push\njobs:\n  # test:\n  a: { runs-on: x, steps: [{ run: cargo test }] }\n"],
    [
      "its name is in a script",
      "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          jobs:\n            test:\n",
    ],
    [
      "it is the title of another job",
      "on: push\njobs:\n  a: { name: test, runs-on: x, steps: [{ run: cargo test }] }\n",
    ],
    ["its id is written in capitals", "on: push\njobs:\n  Test: { runs-on: x, steps: [{ run: cargo test }] }\n"],
  ])("is missing: %s", async (_case, workflow) => {
    expect(await rules(TEST, workflow)).toEqual(["missing-job"]);
  });

  test("is missing when the named workflow lacks it, or when two workflows have it", async () => {
    const other = { "other.yml": running("cargo test") };
    const none = "on: push\njobs:\n  a: { runs-on: x, steps: [{ run: make }] }\n";
    expect(await rules("jobs: { test: { workflow: ci.yml } }", none, other)).toEqual(["missing-job"]);
    expect(await rules("jobs: { test: { workflow: gone.yml } }", none, other)).toEqual(["missing-job"]);
    expect(await rules(TEST, running("cargo test"), other)).toEqual(["missing-job"]);
    expect(await rules("jobs: { test: { workflow: other.yml } }", running("x"), other)).toEqual([]);
    expect(await rules("jobs: { other.yml/test: { run: cargo test } }", running("x"), other)).toEqual([]);
  });

  test("is checked in each workflow that has it", async () => {
    const contract = "jobs: { ci.yml/test: { run: make }, other.yml/test: { run: make } }";
    const other = { "other.yml": running("cargo test") };
    expect(await findings(contract, running("make"), other)).toMatchObject([{ job: "other.yml/test" }]);
  });
});

describe("a job that cannot run", () => {
  test.each([
    ["is disabled", running("cargo test", { job: "if: false" })],
    ["waits for another event", running("cargo test", { job: "if: github.event_name == 'pull_request'" })],
    [
      "waits for a tag in a workflow that only branches trigger",
      running("cargo test", { on: "{ push: { branches: [main] } }", job: "if: startsWith(github.ref, 'refs/tags/')" }),
    ],
    [
      "needs a job that cannot run",
      "on: push\njobs:\n  a: { runs-on: x, if: false, steps: [{ run: make }] }\n  test: { runs-on: x, needs: a, steps: [{ run: cargo test }] }\n",
    ],
  ])("is found: it %s", async (_case, workflow) => {
    expect(await rules(TEST, workflow)).toEqual(["unreachable"]);
  });

  test("is found when the promised event does not trigger it", async () => {
    expect(await rules("jobs: { test: { run: cargo test, on: schedule } }", running("cargo test"))).toEqual([
      "unreachable",
    ]);
  });

  test("is found when GitHub refuses the workflow", async () => {
    const found = await findings(TEST, running("cargo test", { job: "if: github.evnt_name == steps.a.b" }));
    expect(found.map(({ rule }) => rule)).toContain("invalid-workflow");
  });
});

describe("a job that can pass without running", () => {
  test.each([
    ["a condition that is only known at run time", running("cargo test", { job: "if: vars.RUN_TESTS" })],
    [
      "a label",
      running("cargo test", { on: "pull_request", job: "if: contains(github.event.pull_request.labels.*.name, 'ci')" }),
    ],
    [
      "a condition that excludes one of two events",
      running("cargo test", { on: "[push, pull_request]", job: "if: github.event_name == 'push'" }),
    ],
    [
      "a needed job that can be skipped",
      "on: push\njobs:\n  a: { runs-on: x, if: vars.A, steps: [{ run: make }] }\n  test: { runs-on: x, needs: a, steps: [{ run: cargo test }] }\n",
    ],
  ])("is found: %s", async (_case, workflow) => {
    expect(await rules(TEST, workflow)).toEqual(["skippable"]);
  });

  test("is accepted when it is promised only for the event that runs it", async () => {
    const workflow = running("cargo test", { on: "[push, pull_request]", job: "if: github.event_name == 'push'" });
    expect(await rules("jobs: { test: { run: cargo test, on: push } }", workflow)).toEqual([]);
  });

  test.each(["true", "${{ matrix.experimental }}"])("is found with continue-on-error: %s", async (value) => {
    expect(
      await rules(
        TEST,
        running("cargo test", {
          job: `continue-on-error: ${value}\n    strategy: { matrix: { experimental: [true] } }`,
        }),
      ),
    ).toEqual(["continue-on-error"]);
  });
});

describe("a command that does not count", () => {
  test.each([
    ["is in a comment", running("# cargo test\nmake")],
    ["is in an echo", running("echo cargo test")],
    ["is followed by || true", running("cargo test || true")],
    ["is behind ||", running("make || cargo test")],
    ["is in a chain that ends in an echo", running("cargo build && cargo test || echo failed")],
    ["is a different command of the same program", running("cargo build # test")],
    ["only starts with the promised command", running("cargo-test test")],
    ["is in a pipeline of the default shell", running("cargo test | tee log")],
    ["is in a step that may be skipped", running("cargo test", { step: "if: github.actor == 'me'" })],
    ["is in a step that may fail", running("cargo test", { step: "continue-on-error: true" })],
  ])("is missing: it %s", async (_case, workflow) => {
    expect(await rules(TEST, workflow)).toEqual(["missing-command"]);
  });

  test("cannot be decided in an unsupported script language", async () => {
    expect(await rules(TEST, running("cargo test", { step: "shell: python" }))).toEqual(["missing-command?"]);
    expect(await rules(TEST, running("cargo test", { step: "shell: pwsh" }))).toEqual([]);
    expect(await rules(TEST, running("cargo test\ncargo doc", { step: "shell: pwsh" }))).toEqual(["missing-command"]);
  });

  test.each([
    ["by itself", "", []],
    ["with a later step that waits for it", "- wait: t", []],
    ["cancelled by a later step", "- cancel: t", ["missing-command"]],
    [
      "with a later step that waits for it and ignores its failure",
      "- { wait: t, continue-on-error: true }",
      ["missing-command"],
    ],
  ])("in a background step, %s", async (_case, more, expected) => {
    const workflow = `${running("cargo test", { step: "{}" }).replace("        {}\n", "        background: true\n        id: t\n")}      ${more}\n`;
    expect(await rules(TEST, workflow)).toEqual(expected);
  });

  test("counts in a parallel group", async () => {
    const steps = "steps:\n      - parallel:\n          - run: cargo fmt --check\n          - run: cargo test\n";
    expect(await rules(TEST, `on: push\njobs:\n  test:\n    runs-on: x\n    ${steps}`)).toEqual([]);
  });

  test("is reported at its step, with the reason", async () => {
    const [finding] = await findings(TEST, running("cargo test || true"));
    expect(finding?.message).toBe("`cargo test` does not count: it is followed by ||");
    expect(finding?.location.line).toBe(7);
  });
});

describe("a command in a recipe", () => {
  const justfile = `set shell := ["bash", "-uc"]
features := "all"

# Runs everything
test *args: build
    @echo testing
    cargo test --features {{features}} {{args}}

loose:
    -cargo test

build:
    cargo build
`;
  const check = async (script: string, run = "cargo test") =>
    (
      await checkContract(
        readContract(`jobs: { test: { run: ${run} } }`, "ci-contract.yml"),
        [{ file: "ci.yml", text: running(script) }],
        { justfile },
      )
    ).map(({ rule }) => rule);

  test.each([
    ["that the step runs", "just test", "cargo test", []],
    ["that it runs with options", "just --verbose test --workspace", "cargo test", []],
    ["that a recipe needs", "just test", "cargo build", []],
    ["whose failures are ignored", "just loose", "cargo test", ["missing-command"]],
    ["that the step ignores", "just test || true", "cargo test", ["missing-command"]],
    ["that the justfile does not have", "just lint", "cargo test", ["missing-command"]],
  ])("%s", async (_case, script, run, expected) => {
    expect(await check(script, run)).toEqual(expected);
  });
});

describe("a checkout of a fork's code", () => {
  const workflow = (uses: string, more: string, job = "") =>
    `on: pull_request_target\njobs:\n  test:\n    runs-on: x\n    ${job}\n    steps:\n      - uses: ${uses}\n        with: { ${more} }\n      - run: cargo test\n`;
  const contract = "jobs: { test: { run: cargo test, on: [] } }";
  const head = "ref: '${{ github.event.pull_request.head.sha }}'";

  test.each([
    ["is refused by checkout", workflow("actions/checkout@v7", head), ["refused"]],
    [
      "is refused by earlier versions too, since the check was backported",
      workflow("actions/checkout@v6", head),
      ["refused"],
    ],
    [
      "cannot be decided for a checkout action that is pinned by commit",
      workflow(`actions/checkout@${"a".repeat(40)}`, head),
      ["refused?"],
    ],
    ["is not requested", workflow("actions/checkout@v7", "fetch-depth: 0"), []],
    ["is explicitly allowed", workflow("actions/checkout@v7", `${head}, allow-unsafe-pr-checkout: true`), []],
    [
      "does not happen in a job that excludes forks",
      workflow("actions/checkout@v7", head, "if: github.event.pull_request.head.repo.full_name == github.repository"),
      [],
    ],
  ])("%s", async (_case, text, expected) => {
    expect(await rules(contract, text)).toEqual(expected);
  });
});

describe("an action", () => {
  const using = (uses: string, step = "") =>
    `on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: ${uses}\n        ${step}\n`;
  const contract = "jobs: { test: { uses: org/actions/hakari-check } }";

  test("counts at any ref, but not under a longer name, in a comment, or under a condition", async () => {
    expect(await rules(contract, using("org/actions/hakari-check@v1"))).toEqual([]);
    expect(await rules(contract, using("org/actions/hakari-check-2@v1"))).toEqual(["missing-action"]);
    expect(await rules(contract, using("a/b@v1 # org/actions/hakari-check@v1"))).toEqual(["missing-action"]);
    expect(await rules(contract, using("org/actions/hakari-check@v1", "if: vars.X"))).toEqual(["missing-action"]);
  });

  test("may be the reusable workflow that the job calls", async () => {
    const workflow = "on: push\njobs:\n  test:\n    uses: org/actions/.github/workflows/rust-ci.yml@v1\n";
    expect(await rules("jobs: { test: { uses: org/actions/.github/workflows/rust-ci.yml } }", workflow)).toEqual([]);
  });
});

describe("a matrix", () => {
  const contract = "jobs: { test: { matrix: { os: [linux, mac], v: [1] } } }";
  const workflow = (matrix: string) => running("cargo test", { job: `strategy: { matrix: ${matrix} }` });

  test.each([
    ["covers all values", "{ os: [linux, mac], v: [1, 2] }", []],
    ["covers all combinations with `include`", "{ include: [{ os: linux, v: 1 }, { os: mac, v: 1 }] }", []],
    ["lacks a value", "{ os: [linux], v: [1] }", ["matrix"]],
    ["excludes a value", "{ os: [linux, mac], v: [1], exclude: [{ os: mac }] }", ["matrix"]],
    ["is computed", "'${{ fromJSON(vars.M) }}'", ["matrix?"]],
  ])("that %s", async (_case, matrix, expected) => {
    expect(await rules(contract, workflow(matrix))).toEqual(expected);
  });

  test("that the job does not have", async () => {
    expect(await rules(contract, running("cargo test"))).toEqual(["matrix"]);
  });
});

describe("a gate", () => {
  const contract = "{ gate: gate, jobs: { test: { run: cargo test } } }";
  const workflow = (gate: string) => `${running("cargo test")}  gate:\n    runs-on: x\n    ${gate}\n`;
  const good = "steps: [{ run: exit 1, if: \"needs.test.result != 'success'\" }]";

  test.each([
    ["checks every result", `needs: [test]\n    if: always()\n    ${good}`, []],
    [
      "passes the results to a script",
      "needs: test\n    if: always()\n    steps: [{ run: ./gate, env: { R: '${{ toJSON(needs) }}' } }]",
      ["gate?"],
    ],
    [
      "checks only for failures",
      "needs: test\n    if: '!cancelled()'\n    steps: [{ run: exit 1, if: \"contains(needs.*.result, 'failure')\" }]",
      ["gate"],
    ],
    [
      "checks all results with a wildcard",
      "needs: test\n    if: '!cancelled()'\n    steps: [{ run: exit 1, if: \"contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')\" }]",
      [],
    ],
    ["does not need the job", `if: always()\n    ${good.replace("needs.test.result", "needs.*.result")}`, ["gate"]],
    ["is skipped when the job fails", `needs: test\n    ${good}`, ["gate"]],
    ["never checks a result", "needs: test\n    if: always()\n    steps: [{ run: echo ok }]", ["gate"]],
    [
      "only mentions the result in a comment",
      "needs: test\n    if: always()\n    steps: [{ run: 'echo # needs.test.result' }]",
      ["gate"],
    ],
  ])("that %s", async (_case, gate, expected) => {
    expect(await rules(contract, workflow(gate))).toEqual(expected);
  });

  test("that the workflow does not have", async () => {
    expect(await rules(contract, running("cargo test"))).toEqual(["gate"]);
  });

  test("that a job opts out of", async () => {
    expect(await rules("{ gate: gate, jobs: { test: { gate: false } } }", running("cargo test"))).toEqual([]);
  });
});

describe("a command in a makefile or a local action", () => {
  const MAKEFILE = `CARGO ?= cargo
.PHONY: test lint
test lint: build
test:
\t@echo testing
\t$(CARGO) test \\
\t  --workspace $(ARGS)
loose:
\t-cargo test
build: ; cargo build
piped:
\tcargo test | tee log
`;
  const ACTION = `runs:
  using: composite
  steps:
    - { run: cargo test, shell: bash }
    - { run: cargo fmt --check, shell: bash, if: inputs.fmt == 'true' }
    - { run: cargo doc, shell: bash, continue-on-error: true }
`;
  async function broken(command: string, script: string): Promise<string[]> {
    const step = script.startsWith("./") ? `{ uses: ${script} }` : `{ run: ${script} }`;
    const workflow = `on: push\njobs:\n  test: { runs-on: x, steps: [${step}] }\n`;
    const promises = readContract(`jobs: { test: { run: ${command} } }`, "ci-contract.yml");
    const actions = new Map([["./.github/actions/test", ACTION]]);
    const found = await checkContract(promises, [{ file: "ci.yml", text: workflow }], { makefile: MAKEFILE, actions });
    return found.map(({ level, message }) => `${level}: ${message}`);
  }

  test.each([
    ["cargo test", "make test"],
    ["cargo test --workspace", "make ARGS=--locked test"],
    ["cargo build", "make lint"],
    ["cargo test", "./.github/actions/test"],
  ])("counts: `%s` of `%s`", async (command, script) => {
    expect(await broken(command, script)).toEqual([]);
  });

  test.each([
    ["cargo test", "make loose", "error: `cargo test` does not count: it is followed by ||"],
    ["cargo test", "make piped", "error: `cargo test` does not count: it is in a pipeline without pipefail"],
    ["cargo test", "make test || true", "error: `cargo test` does not count: it is followed by ||"],
    ["cargo test", "make -C crates test", "error: `cargo test` is not a command of any step"],
    [
      "cargo doc",
      "./.github/actions/test",
      "error: `cargo doc` does not count: it is in a step of ./.github/actions/test with continue-on-error",
    ],
    [
      "cargo fmt",
      "./.github/actions/test",
      "notice: cannot tell whether `cargo fmt` runs: it depends on a step of ./.github/actions/test with `if: inputs.fmt == 'true'`",
    ],
  ])("does not count: `%s` of `%s`", async (command, script, message) => {
    expect(await broken(command, script)).toEqual([message]);
  });
});

describe("a merge queue", () => {
  const workflow = (on: string): string => `on: ${on}
jobs:
  test: { runs-on: x, steps: [{ run: cargo test }] }
  gate:
    needs: test
    if: always()
    runs-on: x
    steps: [{ run: '[ "\${{ needs.test.result }}" = success ]' }]
`;
  const GATED = "{ gate: gate, jobs: { ci.yml/test: { run: cargo test } } }";
  const QUEUE = {
    "queue.yml": "on: [pull_request, merge_group]\njobs:\n  other: { runs-on: x, steps: [{ run: make }] }\n",
  };

  test("waits forever for a gate that does not start in it", async () => {
    expect(await findings(GATED, workflow("[pull_request, push]"), QUEUE)).toMatchObject([
      { level: "error", rule: "pending", job: "gate", location: { line: 1 } },
    ]);
  });

  test("accepts a check with the gate's name from another workflow", async () => {
    const queue = { "queue.yml": workflow("merge_group").replace("  gate:", "  last:\n    name: gate") };
    expect(await rules(GATED, workflow("[pull_request, push]"), queue)).toEqual([]);
  });

  test("accepts a gate that starts in it, and is optional", async () => {
    expect(await rules(GATED, workflow("[pull_request, merge_group]"), QUEUE)).toEqual([]);
    expect(await rules(GATED, workflow("[pull_request, push]"))).toEqual([]);
  });
});

describe("a condition that compares the repository", () => {
  test("is taken to name this repository, where the job is not skipped", async () => {
    const guard = "if: github.repository == 'org/product' && github.event_name == 'push'";
    expect(await rules(TEST, running("cargo test", { job: guard }))).toEqual([]);
  });

  test("does not excuse a job that is skipped in this repository", async () => {
    const guard = "if: github.repository == 'org/product' && github.ref_name == 'main'";
    expect(await rules(TEST, running("cargo test", { job: guard }))).toEqual(["skippable"]);
    const fork = "if: github.event.pull_request.head.repo.full_name == github.repository";
    expect(await rules(TEST, running("cargo test", { on: "pull_request", job: fork }))).toEqual(["skippable"]);
  });
});

test("names the value that decides whether a job is skipped when the files do not contain it", async () => {
  const found = await findings(TEST, running("cargo test", { job: "if: vars.RUN_TESTS == 'yes'" }));
  expect(found).toMatchObject([{ rule: "skippable" }]);
  expect(found[0]?.message).toMatch(
    /by a push to a branch, where `vars.run_tests` is (empty|`[^`]+`), which GitHub treats/,
  );
});
