import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { ActSetting, DOCKER_ACTIONS } from "../act/act-setting.ts";
import type { ActLog } from "../act/log.ts";
import { userRepository } from "../act/published-tree.ts";
import { describeWithEngines } from "../engines.ts";

const MINUTES = 60_000;

jest.setTimeout(MINUTES);
const LOADED = "localhost/restatedev/restate-commit-download:latest";

const product = (sdk: string): Record<string, string> => ({
  "docker/Dockerfile":
    "FROM scratch AS runtime\nARG RESTATE_FEATURES\nCOPY hello /hello\nLABEL features=$RESTATE_FEATURES\n",
  hello: "hello from the product\n",
  ".github/workflows/ci.yml": `name: CI
on: push
jobs:
  docker:
    permissions: { contents: read, packages: write }
    uses: org/actions/.github/workflows/docker.yml@v1
    with:
      uploadImageAsTarball: restate.tar
      platforms: linux/amd64
      features: one,two
      cacheFrom: none
      cacheTo: none
  sdk:
    needs: docker
    permissions: { actions: read, contents: read, packages: read }
    uses: org/actions/.github/workflows/integration.yml@v1
    with:
      digest: \${{ needs.docker.outputs.digest }}
      ${sdk}
`,
});

describeWithEngines("from docker.yml to integration.yml", ["containerd"], (engine) => {
  let setting: ActSetting;
  beforeAll(async () => {
    setting = await ActSetting.open(engine, [...DOCKER_ACTIONS, "load-restate-image"]);
  });
  afterAll(() => setting[Symbol.asyncDispose]());

  async function run(sdk: string): Promise<ActLog> {
    using repository = await userRepository(product(sdk));
    using act = setting.act(repository.root, setting.github.addRun({ repository: "org/product" }));
    return await act.run("push", { env: setting.env, payload: { repository: { default_branch: "trunk" } } });
  }

  test("the tests of one job get the image that another job built, checked by its digest", async () => {
    const log = await run(`envVars: "GREETING=good morning"
      testArtifactOutput: reports
      command: mkdir reports && docker image inspect "$RESTATE_CONTAINER_IMAGE" > reports/image.json && echo "$GREETING"`);
    const failure = log.exitCode === 0 ? "" : log.text;
    expect([log.exitCode, failure]).toEqual([0, ""]);
    expect(log.text).toContain("good morning");
    expect(log.text).toContain("uploading reports: reports/image.json");
    const { stdout } = await runCommand("docker", ["image", "inspect", LOADED], {
      env: { ...process.env, ...setting.env },
    });
    const [image]: { Config: { Labels: Record<string, string> } }[] = JSON.parse(stdout);
    expect(image?.Config.Labels).toMatchObject({
      features: "one,two",
      "org.opencontainers.image.source": "https://github.com/org/product",
    });
  });

  test("a failing test fails its job", async () => {
    const log = await run("command: docker image inspect no-such-image | cat");
    expect(log.exitCode).not.toBe(0);
    expect([...log.jobs].find(([name]) => name.startsWith("docker/"))?.[1].result).toBe("success");
  });
});
