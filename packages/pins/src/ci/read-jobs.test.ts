// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { type CiJob, resolveValue } from "./job.ts";
import { readJobs } from "./read-jobs.ts";

const read = (text: string, file = ".github/workflows/ci.yml"): readonly CiJob[] =>
  readJobs(new MemoryRepository({ [file]: text }));

const first = (text: string, file?: string): CiJob => {
  const [job] = read(text, file);
  if (job === undefined) throw new Error("no job was read");
  return job;
};

const values = (scalars: Iterable<readonly [string, { readonly value: unknown }]>): Record<string, unknown> =>
  Object.fromEntries([...scalars].map(([name, { value }]) => [name, value]));

test.each([
  ".github/workflows/ci.yml",
  ".github/workflows/ci.yaml",
  ".gitea/workflows/ci.yml",
  ".forgejo/workflows/ci.yml",
  ".depot/workflows/ci.yml",
  ".github/workflows/parts/setup.yml",
])("%s is a workflow", (file) => {
  expect(read("jobs: { a: { steps: [] } }", file).map(({ id }) => id)).toEqual(["a"]);
});

test.each([
  "template/.github/workflows/ci.yml",
  ".github/workflows/ci.yml.bak",
  ".github/ci.yml",
  ".gitlab/workflows/ci.yml",
])("%s is not a workflow", (file) => {
  expect(read("jobs: { a: { steps: [] } }", file)).toEqual([]);
});

describe("a job", () => {
  const TEXT = `name: Main
on: { push: { tags: [v1] }, workflow_dispatch: { inputs: { rust: { default: 1.80.0 }, note: {} } } }
env: { A: workflow, B: workflow }
defaults: { run: { working-directory: ./outer/ } }
jobs:
  build:
    name: Build it
    runs-on: [self-hosted, linux]
    env: { B: job, C: { not: a scalar } }
    steps:
      - name: One
        uses: a/b@v1
        with: { x: 1 }
      - run: cargo build
        if: runner.os == 'Linux'
        env: { D: step }
        working-directory: inner
      - text
  other:
    runs-on: ubuntu-latest
    defaults: { run: { working-directory: "\${{ inputs.folder }}" } }
    steps: [{ run: x }]
`;

  test("inherits settings of its workflow", () => {
    const job = first(TEXT);
    expect(values(job.env)).toEqual({ A: "workflow", B: "job" });
    expect(values(job.inputs)).toEqual({ rust: "1.80.0" });
    expect(job).toMatchObject({ id: "build", label: "build Build it ci.yml Main", runsOn: "self-hosted" });
    expect(read(TEXT)[1]?.runsOn).toBe("ubuntu-latest");
  });

  test("has a label of its id and file alone when nothing has a name", () => {
    expect(first("jobs: { a: { steps: [] } }").label).toBe("a  ci.yml ");
  });

  test("has steps, each with its parts", () => {
    expect(
      first(TEXT).steps.map(({ uses, with: given, env, run, name, condition, workingDirectory }) => {
        return {
          uses: uses?.value,
          given: values(given),
          env: values(env),
          run: run?.text,
          name,
          condition,
          workingDirectory,
        };
      }),
    ).toEqual([
      {
        ...{ uses: "a/b@v1", given: { x: 1 }, env: {}, run: undefined },
        ...{ name: "One", condition: "", workingDirectory: "outer" },
      },
      {
        ...{ uses: undefined, given: {}, env: { D: "step" }, run: "cargo build" },
        ...{ name: "", condition: "runner.os == 'Linux'", workingDirectory: "inner" },
      },
    ]);
  });

  test("runs in the root when an expression names its folder", () => {
    expect(read(TEXT)[1]?.steps[0]?.workingDirectory).toBe("");
  });

  test("has the members of a parallel group as steps", () => {
    const job = first("jobs: { a: { steps: [{ run: x }, { parallel: [{ run: y }, { parallel: [{ run: z }] }] }] } }");
    expect(job.steps.map(({ run }) => run?.text)).toEqual(["x", "y", "z"]);
  });

  test("has a matrix of axes and `include` entries, without `exclude` entries", () => {
    const { matrix } = first(`jobs:
  a:
    strategy:
      matrix:
        rust: [1.80.0, stable]
        job: [{ toolchain: 1.70.0, os: linux }]
        include: [{ rust: nightly, extra: true }]
        exclude: [{ rust: 1.60.0 }]
        dynamic: \${{ fromJSON(x) }}
        nested: [[1, 2]]
    steps: []
`);
    expect(Object.fromEntries([...matrix].map(([axis, list]) => [axis, list.map(({ value }) => value)]))).toEqual({
      rust: ["1.80.0", "stable", "nightly"],
      "job.toolchain": ["1.70.0"],
      "job.os": ["linux"],
      extra: [true],
    });
  });
});

test("reads a composite action as a job, but not a JavaScript action", () => {
  const text = "inputs: { rust: { default: 1.80.0 } }\nruns: { using: composite, steps: [{ run: x, shell: bash }] }\n";
  for (const file of ["action.yml", ".github/actions/setup/action.yaml"]) {
    const job = first(text, file);
    expect(job).toMatchObject({ file, id: file, purpose: "checks" });
    expect(values(job.inputs)).toEqual({ rust: "1.80.0" });
    expect(job.steps.map(({ run }) => run?.text)).toEqual(["x"]);
  }
  expect(read("runs: { using: node24, main: index.js }\n", "action.yml")).toEqual([]);
  expect(read(text, "my-action.yml")).toEqual([]);
  expect(read(text, "action.yml.erb")).toEqual([]);
});

test("reads a list of steps as a job", () => {
  const file = ".github/workflows/build-setup.yml";
  expect(first("- run: x\n- uses: a/b@v1\n", file)).toMatchObject({ id: file, steps: [{}, {}] });
});

describe("resolveValue", () => {
  const job = first(`on: { workflow_call: { inputs: { rust: { default: 1.81.0 } } } }
env: { PLAIN: 1.80.0, AGAIN: "\${{ env.PLAIN }}", LOOP: "\${{ env.LOOP }}", MATRIX: "\${{ matrix.rust }}" }
jobs:
  a:
    strategy: { matrix: { rust: [1.70.0, 1.71.0] } }
    steps:
      - run: x
        env:
          PLAIN: 1.82.0
          V1: "1.83.0"
          V2: "\${{ env.AGAIN }}"
          V3: "\${{ matrix.rust }}"
          V4: "\${{ inputs.rust || '1.60.0' }}"
          V5: "\${{env.MATRIX}}"
          U1: "\${{ matrix.none }}"
          U2: "\${{ env.NONE }}"
          U3: "\${{ secrets.RUST }}"
          U4: "\${{ env.LOOP }}"
          U5: "v\${{ env.PLAIN }}"
          U6: "\${{ env.PLAIN }}-x"
          U7: "\${{ inputs.none }}"
`);
  const [step] = job.steps;
  const resolved = (name: string) => {
    const scalar = step?.env.get(name);
    const found = scalar && resolveValue(scalar, job, step);
    return found?.scalars.length === 0
      ? "unknown"
      : [found?.isAxis, ...(found?.scalars ?? []).map(({ value }) => value)];
  };

  test.each<[string, unknown[]]>([
    ["V1", [false, "1.83.0"]],
    ["V2", [false, "1.82.0"]],
    ["V3", [true, "1.70.0", "1.71.0"]],
    ["V4", [false, "1.81.0"]],
    ["V5", [true, "1.70.0", "1.71.0"]],
  ])("%s", (name, expected) => {
    expect(resolved(name)).toEqual(expected);
  });

  test.each(["U1", "U2", "U3", "U4", "U5", "U6", "U7"])("%s is unknown", (name) => {
    expect(resolved(name)).toBe("unknown");
  });

  test("finds the variable of the job when no step is given", () => {
    const scalar = job.env.get("AGAIN");
    expect(scalar && resolveValue(scalar, job)).toMatchObject({ scalars: [{ value: "1.80.0" }] });
  });
});
