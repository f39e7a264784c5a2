import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { Product } from "@release-actions/example-product";
import { readWorkflow } from "@release-actions/workflow";
import { ActSetting, DOCKER_ACTIONS } from "../act/act-setting.ts";
import type { ActLog } from "../act/log.ts";
import { describeWithEngines } from "../engines.ts";
import { startRegistry } from "../integration/docker/registry.ts";
import { freshArchive } from "../integration/load-restate-image/fixture.ts";
import { runAction } from "../runner/run-action.ts";
import type { GitHub } from "../stand-in/github.ts";
import { commitAll } from "../support/repository-copy.ts";
import { checkCalls } from "./policy/calls.ts";
import { fixtureWorkflowFiles, root, workflowFiles } from "./repository-files.ts";
import { LANGUAGES, sdkRepositories } from "./sdk-repositories.ts";

const MINUTES = 60_000;

jest.setTimeout(3 * MINUTES);
const CI = ".github/workflows/ci.yml";
/**
 * act gives no result to a workflow that calls another one, so the call of an SDK's workflow is replaced with a call of
 * ours. integration.test.ts covers how the SDKs' workflows call ours.
 */
const CALL_OF_SDK = /uses: org\/(sdk-\w+)\/.*\n( +)with:\n +restateCommit: .*\n/g;
const CALL_IN_ITS_PLACE =
  "uses: org/actions/.github/workflows/integration.yml@v1\n$2with:\n$2  testRepository: org/$1\n$2  command: ./integration-test.sh\n";
const WITHOUT_CACHE =
  "uploadImageAsTarball: restate.tar\n      cacheFrom: none\n      cacheTo: none\n      emulate: false";

/** The product with the workflow that tests it. */
class TestedProduct extends Product {
  constructor() {
    super();
    cpSync(path.join(root, "test/fixtures/ci"), this.root, { recursive: true });
  }
}

test("the product's and the SDKs' workflows call others with the right inputs, secrets and permissions", () => {
  const files = fixtureWorkflowFiles().filter(({ file }) => /fixtures\/(ci|sdk)\//.test(file));
  const sdk = files.find(({ file }) => file.includes("/sdk/"));
  const find = (uses: string) =>
    uses.startsWith("org/sdk-") ? sdk : workflowFiles().find(({ file }) => uses === `org/actions/${file}@v1`);
  expect(files).toHaveLength(2);
  expect(files.flatMap((file) => checkCalls(file, find))).toEqual([]);
});

describe("ci-contract on the product's workflow", () => {
  async function findings(change: (product: Product) => void = () => undefined): Promise<string[]> {
    using product = new TestedProduct();
    change(product);
    const prepare = async ({ workspace }: { workspace: string }): Promise<void> =>
      cpSync(product.root, workspace, { recursive: true });
    const { main } = await runAction("ci-contract", { prepare });
    const found: { rule: string; job: string }[] = JSON.parse(main.outputs["findings"] ?? "");
    return found.map(({ rule, job }) => `${job}: ${rule}`);
  }
  const edit =
    (before: string, after: string, file = CI) =>
    (product: Product): void =>
      product.replace(file, before, after);

  test("has no findings", async () => {
    expect(await findings()).toEqual([]);
  });

  test.each<[string, (product: Product) => void, string[]]>([
    ["an SDK that the gate does not wait for", edit("sdk-java, ", ""), ["sdk-java: gate"]],
    [
      "a gate that checks nothing",
      edit("toJSON(needs)", "github.sha"),
      ["docker", ...LANGUAGES.map((name) => `sdk-${name}`), "e2e", "jepsen"].map((job) => `${job}: gate`),
    ],
    [
      "a jepsen that can never run",
      edit("github.event_name == 'push' &&", "github.event_name == 'release' &&"),
      ["jepsen: unreachable"],
    ],
    [
      "an SDK that runs only for changes of some people",
      edit("    name: sdk-go\n", "    name: sdk-go\n    if: github.actor == 'me'\n"),
      // Both a pull request and a push can skip it.
      ["sdk-go: skippable", "sdk-go: skippable"],
    ],
    [
      "jepsen without its tests",
      edit('run: jepsen/run.sh "${IMAGE}"', "run: echo jepsen/run.sh"),
      ["jepsen: missing-command"],
    ],
    [
      "jepsen promised on each change",
      edit("    on: []\n", "", "ci-contract.yml"),
      // Both a pull request and a push to another branch can skip it.
      ["jepsen: skippable", "jepsen: skippable"],
    ],
  ])("finds %s", async (_case, change, expected) => {
    expect(await findings(change)).toEqual(expected);
  });
});

// The gate's script runs alone, because act does not continue after a called workflow that failed.
describe("the product's gate", () => {
  const fixture = readFileSync(path.join(root, "test/fixtures/ci", CI), "utf8");
  const script =
    readWorkflow(fixture, CI)
      .jobs.find(({ id }) => id === "gate")
      ?.steps[0]?.node.get("run").text ?? "";
  const green = Object.fromEntries(["docker", "sdk-go", "e2e"].map((job) => [job, "success"]));

  test.each<[string, Record<string, string>, number, string]>([
    ["passes when every job succeeded", { ...green, jepsen: "success" }, 0, ""],
    ["passes without jepsen, which not every run has", { ...green, jepsen: "skipped" }, 0, ""],
    ["fails with a job that failed", { ...green, "sdk-go": "failure", jepsen: "success" }, 1, "sdk-go is failure"],
    ["fails with a job that was skipped", { ...green, e2e: "skipped", jepsen: "skipped" }, 1, "e2e is skipped"],
    [
      "names all jobs that did not succeed",
      { docker: "failure", e2e: "skipped", jepsen: "cancelled" },
      1,
      "docker is failure, e2e is skipped, jepsen is cancelled",
    ],
  ])("%s", async (_case, results, exitCode, message) => {
    const needs = Object.fromEntries(Object.entries(results).map(([job, result]) => [job, { result, outputs: {} }]));
    const env = { ...process.env, RESULTS: JSON.stringify(needs) };
    const ended = await runCommand("bash", ["-e", "-c", script], { env, check: false });
    expect([ended.exitCode, ended.stdout.trim()]).toEqual([exitCode, message && `::error::${message}`]);
  });
});

describeWithEngines("the product's CI", ["containerd"], (engine) => {
  let setting: ActSetting;
  let github: GitHub;
  let sdks: ReturnType<typeof sdkRepositories>;
  beforeAll(async () => {
    sdks = sdkRepositories();
    setting = await ActSetting.open(engine, [...DOCKER_ACTIONS, "load-restate-image"], sdks);
    ({ github } = setting);
  });
  afterAll(() => setting[Symbol.asyncDispose]());

  interface Options {
    readonly change?: (product: Product) => void;
    readonly defaultBranch?: string;
    readonly fork?: boolean;
    readonly job?: string;
  }

  /** Runs the workflow for a push to `main`, whatever the default branch is. */
  async function push({ change, defaultBranch = "trunk", fork = false, job }: Options): Promise<ActLog> {
    using product = new TestedProduct();
    product.write("docker/Dockerfile", "FROM scratch AS runtime\nCOPY justfile /justfile\n");
    product.replace(CI, "uploadImageAsTarball: restate.tar", WITHOUT_CACHE);
    product.write(CI, product.read(CI).replaceAll(CALL_OF_SDK, CALL_IN_ITS_PLACE));
    change?.(product);
    await commitAll(product.root, "everything");
    const { stdout } = await runCommand("git", ["rev-parse", "HEAD"], { cwd: product.root });
    const run = github.addRun({ repository: "example/beacon", headSha: stdout.trim() });
    github.addCheckRun(run.repository, { name: "docker / Build the image", headSha: run.headSha });
    using act = setting.act(product.root, run);
    const token = github.token(run.repository, { checks: "read", contents: "read" });
    return await act.run("push", {
      ...{
        workflow: "ci.yml",
        payload: { repository: { default_branch: defaultBranch, fork } },
        secrets: { GITHUB_TOKEN: token },
      },
      ...(job === undefined ? {} : { job }),
      env: {
        ...setting.env,
        GITHUB_API_URL: github.origin,
        GITHUB_REPOSITORY: "example/beacon",
        CHECKOUT_REPOSITORIES: sdks.root,
      },
    });
  }

  test("passes one image to five SDKs and its own suites; the experimental suite fails and does not block the others", async () => {
    const log = await push({});
    const failure = log.exitCode === 0 ? "" : log.text;
    expect([log.exitCode, failure]).toEqual([0, ""]);
    const tested = [...log.text.matchAll(/sdk-(\w+) tested (sha256:\w+)/g)];
    expect(tested.map(([, language]) => language).sort()).toEqual(LANGUAGES);
    expect(new Set(tested.map(([, , image]) => image)).size).toBe(1);
    expect(log.text).toContain(`the stable suite ran nothing special on ${tested[0]?.[2]}`);
    expect(log.text).toContain(`the experimental suite ran everything on ${tested[0]?.[2]}`);
    expect(log.text).toContain("uploading e2e-experimental-reports: reports/experimental.json");
    expect(log.text).not.toContain("jepsen pulls");
    expect([...log.jobs].find(([name]) => name.endsWith("/gate"))?.[1].result).toBe("success");
  });

  const jepsenWith =
    (image: string) =>
    (product: Product): void => {
      product.replace(CI, "registry-image: ghcr.io/example/beacon", `registry-image: ${image}`);
      product.replace(CI, 'docker login ghcr.io --username "${ACTOR}" --password-stdin <<< "${TOKEN}"', "true");
    };

  test("on the default branch, lets jepsen wait for the image that is pushed with the commit as its tag", async () => {
    await using registry = await startRegistry(freshArchive(), { pushedAfter: 1 });
    const log = await push({ change: jepsenWith(registry.repository), defaultBranch: "main", job: "jepsen" });
    const failure = log.exitCode === 0 ? "" : log.text;
    expect([log.exitCode, failure]).toEqual([0, ""]);
    expect(log.text).toContain(`waiting for ${registry.repository}`);
    expect(log.text).toContain(`jepsen pulls ${registry.digest}`);
  });

  test.each([
    ["a branch other than the default one", { defaultBranch: "trunk" }],
    ["a fork", { defaultBranch: "main", fork: true }],
  ])("skips jepsen on %s", async (_case, options) => {
    const log = await push({ change: jepsenWith("127.0.0.1:1/none"), job: "jepsen", ...options });
    expect([log.exitCode, log.text]).toEqual([0, expect.not.stringContaining("127.0.0.1:1/none")]);
    expect([...log.jobs.values()].flatMap(({ steps }) => steps)).toEqual([]);
  });
});
