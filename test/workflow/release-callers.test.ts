import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { readWorkflow, type Workflow } from "@release-actions/workflow";
import { describeWith } from "../parts.ts";
import { ReleasedProduct } from "../release/product.ts";
import { checkCalls, type FindWorkflow } from "./policy/calls.ts";
import { fixtureWorkflowFiles, type RepositoryFile, root } from "./repository-files.ts";

const MINUTES = 60_000;

jest.setTimeout(MINUTES);
const FOLDER = "test/fixtures/release/.github/workflows";
/** For each phase of cargo-dist: our jobs in it, the jobs that they need, and whether they get the plan. */
const PHASES = {
  plan: { jobs: ["release-preflight"], needs: [], plan: false },
  local: { jobs: ["rust-ci", "release-docker-build"], needs: ["plan", "custom-release-preflight"], plan: true },
  global: {
    jobs: ["release-notarize"],
    needs: ["plan", "build-local-artifacts", "custom-rust-ci", "custom-release-docker-build"],
    plan: true,
  },
  publish: { jobs: ["release-docker-push", "release-homebrew", "release-npm"], needs: ["plan", "host"], plan: true },
  announce: { jobs: ["release-helm", "release-notes"], needs: ["plan", "announce"], plan: true },
} as const;

const release = read(`${FOLDER}/release.yml`);

describeWith(["dist", "cargo", "git"], "the real cargo-dist", () => {
  let product: ReleasedProduct;
  beforeAll(async () => {
    product = await ReleasedProduct.create();
  });
  afterAll(() => product[Symbol.dispose]());

  test("generates the workflow in the fixture, which calls ours", async () => {
    const check = await product.dist("generate", "--check");
    expect([check.exitCode, check.stderr]).toEqual([0, expect.not.stringContaining("out of date")]);
    product.replace(".github/workflows/release.yml", "custom-release-notes", "custom-notes");
    const changed = await product.dist("generate", "--check");
    expect([changed.exitCode === 0, changed.stderr]).toEqual([false, expect.stringContaining("out of date")]);
    await product.dist("generate");
    expect(product.read(".github/workflows/release.yml")).toBe(release.text);
  });

  test("plans a release with it", async () => {
    const plan = await product.dist("plan", "--tag=v1.7.6");
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining("announcing v1.7.6")]);
  });
});

describe("the workflow that cargo-dist generated", () => {
  const workflow = readWorkflow(release.text, release.file);

  test.each(Object.entries(PHASES))(
    "calls our jobs of the phase %s at the right place",
    (_phase, { jobs, needs, plan }) => {
      for (const name of jobs) {
        const job = jobOf(workflow, `custom-${name}`);
        expect(job.uses).toBe(`$/.github/workflows/${name}.yml`);
        expect(job.needs).toEqual(needs);
        expect(job.node.get("with").get("plan").isPresent).toBe(plan);
        expect(job.node.get("permissions").isMap).toBe(true);
      }
    },
  );

  test("calls no workflow outside of these phases", () => {
    const called = workflow.jobs.flatMap(({ uses }) => uses ?? []).map((uses) => path.basename(uses, ".yml"));
    expect(called.sort()).toEqual(
      Object.values(PHASES)
        .flatMap(({ jobs }) => [...jobs])
        .sort(),
    );
  });

  test("calls the callers, and these call our workflows, with the right inputs, secrets and permissions", () => {
    const files = fixtureWorkflowFiles().filter(({ file }) => file.startsWith(FOLDER));
    expect(files.flatMap((file) => checkCalls(file, find))).toEqual([]);
    const uses = files.flatMap(({ file, text }) => readWorkflow(text, file).jobs.map((job) => job.uses));
    expect(uses.filter((used) => used !== undefined && find(used) === undefined)).toEqual([]);
  });

  test.each([
    ["an input that does not exist", "release-homebrew", "tap:", "tab:", "has no input tab"],
    ["an input that is missing", "release-homebrew", "tap:", "tab:", "needs the input tap"],
    ["a secret that does not exist", "release-homebrew", "HOMEBREW_TAP_TOKEN:", "TAP:", "has no secret TAP"],
    [
      "a secret that is missing",
      "release-homebrew",
      "HOMEBREW_TAP_TOKEN:",
      "TAP:",
      "needs the secret HOMEBREW_TAP_TOKEN",
    ],
    ["a permission that is missing", "release-notes", "contents: write", "contents: read", "asks for contents: write"],
  ])("is refused with %s", (_case, name, before, after, message) => {
    const text = caller(name).text.replace(before, after);
    expect(checkCalls({ file: `${name}.yml`, text }, find).join("\n")).toContain(message);
  });
});

describeWith(["actionlint", "shellcheck", "git"], "actionlint", () => {
  test("finds nothing in the generated workflow and in the callers it calls", async () => {
    using product = await ReleasedProduct.create();
    // actionlint does not know `$/` yet. Here `./` means the same, and makes actionlint check the callers, too.
    const file = product.path(".github/workflows/release.yml");
    product.write(".github/workflows/release.yml", release.text.replaceAll("$/.github/", "./.github/"));
    // Ignore the style of cargo-dist's own scripts.
    const ignored = ["-ignore", "SC2086:info", "-ignore", "SC2129:style"];
    const lint = () =>
      runCommand("actionlint", ["-no-color", "-oneline", ...ignored, file], { cwd: product.root, check: false });
    expect((await lint()).stdout).toBe("");
    product.replace(".github/workflows/release-notes.yml", "plan:", "plann:");
    expect((await lint()).stdout).toContain('input "plan" is not defined');
  });
});

function find(...[uses]: Parameters<FindWorkflow>): RepositoryFile | undefined {
  if (uses.startsWith("$/.github/workflows/")) return caller(path.basename(uses, ".yml"));
  const own = /^org\/actions\/(\.github\/workflows\/[\w-]+\.yml)@v1$/.exec(uses)?.[1];
  return own === undefined ? undefined : read(own);
}

function caller(name: string): RepositoryFile {
  return read(`${FOLDER}/${name}.yml`);
}

function read(file: string): RepositoryFile {
  return { file, text: readFileSync(path.join(root, file), "utf8") };
}

function jobOf({ jobs }: Workflow, id: string): Workflow["jobs"][number] {
  const job = jobs.find((one) => one.id === id);
  if (job === undefined) throw new Error(`there is no job ${id}`);
  return job;
}
