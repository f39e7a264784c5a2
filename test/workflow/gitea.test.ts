import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { parse, stringify } from "yaml";
import { git } from "../../scripts/release/git.ts";
import { Act } from "../act/act.ts";
import { DOCKER_ACTIONS } from "../act/act-setting.ts";
import { dockerEnv } from "../act/docker-client.ts";
import type { ActLog } from "../act/log.ts";
import { publishedTree, userRepository } from "../act/published-tree.ts";
import { THIRD_PARTY } from "../act/third-party.ts";
import { describeWithEngines } from "../engines.ts";
import { Gitea, hasGitea, USER } from "../gitea/gitea.ts";
import type { GiteaRunner, GiteaTask } from "../gitea/runner.ts";
import { commitAll } from "../support/repository-copy.ts";

const MINUTES = 60_000;

jest.setTimeout(3 * MINUTES);
const RELEASED = { repository: `${USER}/actions`, tag: "v1.0.0", majorTag: "v1" };
const TAG = "localhost/pushed-to-gitea:1";

/** A product whose image is built by our workflow and tested by a job of its own. */
const PRODUCT = {
  Dockerfile: "FROM scratch\nCOPY hello /hello\nLABEL greeting=pushed\n",
  hello: "hello\n",
  ".gitea/workflows/ci.yml": `name: CI
on: push
jobs:
  docker:
    uses: ${RELEASED.repository}/.github/workflows/docker.yml@${RELEASED.majorTag}
    with:
      uploadImageAsTarball: image
      dockerfile: Dockerfile
      platforms: linux/amd64
      push: never
      cacheFrom: none
      cacheTo: none
  test:
    needs: docker
    runs-on: ubuntu-latest
    steps:
      - uses: ${RELEASED.repository}/load-restate-image@${RELEASED.majorTag}
        with: { artifact-name: image, tag: "${TAG}", expected-digest: "\${{ needs.docker.outputs.digest }}" }
      - run: docker image inspect ${TAG}
`,
};

if (!hasGitea) {
  test.skip("a push to Gitea: skipped, since Gitea is not compiled (`GITEA=1 npm test` does it)", () => undefined);
} else {
  describeWithEngines("a push to Gitea", ["containerd"], (engine) => {
    let gitea: Gitea;
    let docker: ReturnType<typeof dockerEnv>;
    const files = new FileTree();
    beforeAll(async () => {
      docker = dockerEnv(engine);
      gitea = await Gitea.start();
    });
    afterAll(async () => {
      docker?.[Symbol.dispose]();
      await gitea?.close();
      files[Symbol.dispose]();
    });

    /** Creates a repository on the server, and pushes the commits of a folder. */
    async function push(folder: string, name: string, ...refs: string[]): Promise<void> {
      await gitea.api("POST", "/user/repos", { name });
      await git(folder, ["push", "--quiet", gitea.remote(`${USER}/${name}`), "HEAD:refs/heads/main", ...refs]);
    }

    /** Runs a job as act_runner does: clones the repositories from the server, and runs the job with act. */
    async function runTask(runner: GiteaRunner, task: GiteaTask): Promise<ActLog & { readonly job: string }> {
      const text = (name: string): string => String(task.context[name] ?? "");
      const [job, token] = [text("job"), text("token")];
      const checkout = await clone(`${USER}/product`, text("sha"), token);
      const actions = await clone(RELEASED.repository, RELEASED.majorTag, token);
      const [workflow, report] = [files.path(`job-${task.id}.yml`), files.path(`outputs-${task.id}.json`)];
      writeFileSync(workflow, jobAlone(task, job, report));
      const env = gitea.jobEnv(task.context);
      const { ACTIONS_RESULTS_URL = "", ACTIONS_RUNTIME_TOKEN = "" } = env;
      using act = new Act({
        repository: checkout,
        uses: {
          ...THIRD_PARTY,
          [`${RELEASED.repository}@${RELEASED.majorTag}`]: actions,
          [`${RELEASED.repository}@${RELEASED.tag}`]: actions,
        },
        results: { ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN },
      });
      const log = await act.run("push", {
        ...{ workflow, secrets: { GITHUB_TOKEN: token }, env: { ...env, ...docker.env } },
        payload: task.context["event"] as Record<string, unknown>,
      });
      const isSuccess = log.exitCode === 0;
      await runner.end(task, { isSuccess, outputs: isSuccess ? JSON.parse(readFileSync(report, "utf8")) : {} });
      return { ...log, job };
    }

    /** Clones a repository at a ref or commit. */
    async function clone(repository: string, ref: string, token: string): Promise<string> {
      const folder = files.path(`${repository.replace("/", "-")}-${ref}-${Math.random()}`);
      await runCommand("git", ["init", "--quiet", folder]);
      await git(folder, ["fetch", "--quiet", "--depth=1", gitea.remote(repository, token), ref]);
      await git(folder, ["checkout", "--quiet", "FETCH_HEAD"]);
      await git(folder, ["remote", "add", "origin", `${gitea.origin}/${repository}.git`]);
      return folder;
    }

    test("builds an image with our workflow from the tree for servers without `$/`, and a later job gets it", async () => {
      using published = publishedTree([...DOCKER_ACTIONS, "load-restate-image"], { as: RELEASED });
      await commitAll(published.folder, "v1.0.0");
      const tags = [RELEASED.tag, RELEASED.majorTag];
      for (const tag of tags) await git(published.folder, ["tag", tag]);
      await push(published.folder, "actions", ...tags.map((tag) => `refs/tags/${tag}`));
      using product = await userRepository(PRODUCT);
      await push(product.root, "product");

      const runner = await gitea.registerRunner(`${USER}/product`);
      const built = await runTask(runner, await runner.fetchTask());
      expect([built.job, built.exitCode, built.exitCode === 0 ? "" : built.text]).toEqual(["docker", 0, ""]);
      const tested = await runTask(runner, await runner.fetchTask());
      expect([tested.job, tested.exitCode, tested.exitCode === 0 ? "" : tested.text]).toEqual(["test", 0, ""]);
      expect(tested.text).toMatch(
        /localhost\/pushed-to-gitea:1 is sha256:[0-9a-f]{64} .*, pulled through a loopback registry/,
      );
      expect(tested.text).toContain('"greeting": "pushed"');
      expect(tested.text).toContain(`"org.opencontainers.image.source": "${gitea.origin}/${USER}/product"`);

      const { workflow_runs: runs } = await gitea.api("GET", `/repos/${USER}/product/actions/runs`);
      expect(runs).toMatchObject([{ status: "completed", conclusion: "success", event: "push" }]);
    });
  });
}

/**
 * The workflow of a task contains one job without the jobs that it needs; act_runner passes their results to act
 * separately. act's command line has no option for that. So each needed job is replaced with a job that sets the same
 * outputs, and a last job keeps the outputs of the real one.
 */
function jobAlone(task: GiteaTask, job: string, report: string): string {
  const workflow = parse(task.workflow);
  const needs = Object.entries(task.needs).map(([name, { outputs }]) => [
    name,
    { "runs-on": "ubuntu-latest", outputs, steps: [{ run: "true" }] },
  ]);
  const kept = {
    ...{ needs: job, "runs-on": "ubuntu-latest", env: { OUTPUTS: `\${{ toJSON(needs.${job}.outputs) }}` } },
    steps: [{ run: `echo "$OUTPUTS" > '${path.resolve(report)}'` }],
  };
  const own = { ...workflow.jobs[job], needs: Object.keys(task.needs) };
  // Gitea writes an empty `runs-on` into a job that calls a workflow, where act does not accept it.
  if (own.uses !== undefined) delete own["runs-on"];
  return stringify({ ...workflow, jobs: { ...Object.fromEntries(needs), [job]: own, "keep-outputs": kept } });
}
