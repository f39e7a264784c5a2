import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { ActSetting } from "../act/act-setting.ts";
import type { ActLog } from "../act/log.ts";
import { userRepository } from "../act/published-tree.ts";
import { describeWithEngines } from "../engines.ts";
import { startRegistry } from "../integration/docker/registry.ts";
import { freshArchive } from "../integration/load-restate-image/fixture.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import type { GitHub } from "../stand-in/github.ts";
import type { Run } from "../stand-in/model.ts";
import { Workbench } from "../support/compile.ts";
import { sdkRepositories } from "./sdk-repositories.ts";

const MINUTES = 60_000;

jest.setTimeout(2 * MINUTES);

const caller = (inputs: string): string => `on: [push, workflow_dispatch]
jobs:
  sdk:
    permissions: { actions: read, contents: read, packages: read }
    uses: org/sdk-go/.github/workflows/integration.yml@main
    with: { ${inputs} }
    secrets: { logins: "\${{ secrets.LOGINS }}" }
`;

describeWithEngines("integration.yml", ["containerd"], (engine) => {
  let setting: ActSetting;
  let github: GitHub;
  let sdks: ReturnType<typeof sdkRepositories>;
  beforeAll(async () => {
    sdks = sdkRepositories();
    setting = await ActSetting.open(engine, ["load-restate-image"], sdks);
    ({ github } = setting);
  });
  afterAll(() => setting[Symbol.asyncDispose]());

  /** A run of the product at a new commit, which has uploaded its image. */
  async function producer(archive: Buffer): Promise<Run> {
    const run = github.addRun({ repository: "example/beacon", status: "completed", conclusion: "success" });
    await github.addArtifact(run, { name: "restate.tar", content: archive, mimeType: "application/x-tar" });
    return run;
  }

  /** Runs the SDK's workflow, as a call or started by hand, in a run that has the image itself if `archive` is given. */
  async function run(
    event: "push" | "workflow_dispatch",
    inputs: Readonly<Record<string, string | undefined>>,
    archive?: Buffer,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<ActLog> {
    const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
    const text = given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
    using repository = await userRepository({ ".github/workflows/sdk.yml": caller(text) });
    const own = github.addRun({ repository: "org/product" });
    if (archive !== undefined)
      await github.addArtifact(own, { name: "restate.tar", content: archive, mimeType: "application/x-tar" });
    const token = github.token(github.repository("example/beacon"), { actions: "read", contents: "read" });
    using act = setting.act(repository.root, own);
    const env = { ...setting.env, GITHUB_API_URL: github.origin, CHECKOUT_REPOSITORIES: sdks.root };
    return await act.run(event, { env, secrets: { GITHUB_TOKEN: token, ...secrets } });
  }

  const passed = (log: ActLog): void => expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
  const output = ({ jobs }: ActLog, name: string): string | undefined =>
    [...jobs.values()].map(({ outputs }) => outputs.get(name)).find((value) => value !== undefined);

  test("on a dispatch, tests the image from the run of a commit, checked by the digest that this run recorded", async () => {
    const { headSha } = await producer(freshArchive());
    const log = await run("workflow_dispatch", {
      restateCommit: headSha,
      serviceImage: "org/services:1",
      envVars: "GREETING=good morning\nOTHER=1",
      testArtifactOutput: "go-reports",
    });
    passed(log);
    expect(output(log, "source")).toBe("commit");
    expect(log.text).toMatch(/sdk-go tested sha256:\w+ org\/services:1 good morning/);
    expect(log.text).toContain("uploading go-reports: reports/image.json");
    expect(log.text).toContain("checked out org/sdk-go");
    const digest = output(log, "digest") ?? "";
    const other = await run("workflow_dispatch", {
      restateCommit: headSha,
      digest: digest.replace(/.{8}$/, "00000000"),
    });
    expect(other.exitCode).toBe(1);
    expect(other.text).toMatch(/holds the image sha256:.*expected sha256:/);
  });

  test("when the run that builds the commit's image calls it, tests that image, and does not look for the commit's run", async () => {
    const { headSha } = await producer(freshArchive());
    const log = await run("push", { restateCommit: headSha }, freshArchive());
    passed(log);
    expect(output(log, "source")).toBe("run");
  });

  test("otherwise pulls the named image by its digest; failing tests do not fail the run when an input says so", async () => {
    await using registry = await startRegistry(freshArchive());
    const log = await run("push", {
      restateImage: `${registry.repository}:main@${registry.digest}`,
      envVars: "FAIL=1",
      testArtifactOutput: "go-reports",
      continueOnError: "true",
    });
    passed(log);
    expect(output(log, "source")).toBe("registry");
    expect([...log.jobs.values()].flatMap(({ steps }) => steps)).toContainEqual({ title: "Test", result: "failure" });
    expect(log.text).toMatch(/::warning.*the run stays green/);
    expect(log.text).toContain("uploading go-reports: reports/image.json");
  });

  test("logs in to the registries of `logins`, and says which line it cannot read", async () => {
    await using registry = await RealRegistry.start();
    const reference = `${registry.host}/org/restate:main`;
    const auths = { [registry.host]: { auth: btoa(`${USER}:${PASSWORD}`) } };
    using folder = new Workbench({ "config.json": JSON.stringify({ auths }) });
    writeFileSync(folder.path("image.tar"), freshArchive());
    await folder.run("tar -xf image.tar");
    await folder.shell(`crane --insecure push . ${reference}`, { DOCKER_CONFIG: folder.root });
    const login = `${registry.host} ${USER} ${PASSWORD}`;
    const log = await run("push", { restateImage: reference }, undefined, { LOGINS: `\n${login}\n` });
    passed(log);
    expect(output(log, "source")).toBe("registry");
    expect(log.text).not.toContain(PASSWORD);
    const refused = await run("push", { restateImage: reference }, undefined, {
      LOGINS: `${registry.host} ${USER}`,
    });
    expect(refused.exitCode).toBe(1);
    expect(refused.text).toContain("logins: expected registry, user and password on each line");
  });

  test("also pulls it when the artifact of the commit has expired", async () => {
    const expired = await producer(freshArchive());
    await github.expire(github.artifact(expired, "restate.tar"));
    await using registry = await startRegistry(freshArchive());
    const log = await run("workflow_dispatch", {
      restateCommit: expired.headSha,
      restateImage: `${registry.repository}:main`,
    });
    passed(log);
    expect(output(log, "source")).toBe("registry");
  });
});
