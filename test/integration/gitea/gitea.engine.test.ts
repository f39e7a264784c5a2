import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { removeImage } from "@release-actions/docker";
import { readPage } from "@release-actions/ledger";
import { runArtifacts } from "@release-actions/release-run";
import { silentReporter } from "@release-actions/report";
import { describeWithEngines } from "../../engines.ts";
import { Gitea, type GiteaJob, hasGitea } from "../../gitea/gitea.ts";
import { PASSWORD, RealRegistry, USER } from "../../registry/real-registry.ts";
import { Job, type StepResult } from "../../runner/job.ts";
import { engineOf, freshArchive, stateOf } from "../load-restate-image/fixture.ts";

const MINUTES = 60_000;

if (!hasGitea) {
  // This is not a failure in CI either: on a new machine, compiling Gitea takes longer than all tests together.
  test.skip("a Gitea server: skipped, since Gitea is not compiled (`GITEA=1 npm test` does it)", () => undefined);
} else {
  describeWithEngines("a Gitea server, under its own address", ["containerd"], (own) => {
    let gitea: Gitea;
    const tags: string[] = [];
    beforeAll(async () => {
      gitea = await Gitea.start();
    }, 3 * MINUTES);
    afterAll(() => gitea?.close());
    afterEach(async () => {
      const engine = await engineOf(own);
      for (const tag of tags.splice(0)) await removeImage(engine, tag, { force: true });
    });

    /** Runs one action in a job of Gitea's, with these files in the workspace. */
    async function step(
      job: GiteaJob,
      action: string,
      inputs: Record<string, string>,
      files: Record<string, Uint8Array> = {},
    ): Promise<StepResult> {
      await using runner = await Job.open({ env: { ...job.env, DOCKER_HOST: own.host } });
      runner.write(files);
      return await runner.step(action, { inputs });
    }
    const load = async (job: GiteaJob, inputs: Record<string, string> = {}): Promise<StepResult & { tag: string }> => {
      const tag = `localhost/gitea/${randomUUID()}:1`;
      tags.push(tag);
      return { ...(await step(job, "load-restate-image", { tag, ...inputs })), tag };
    };
    const save = (job: GiteaJob, archive: Uint8Array, inputs: Record<string, string> = {}): Promise<StepResult> =>
      step(job, "save-restate-image", inputs, { "restate.tar": archive });

    test("passes an image from one job to the next, which reads it by ranges", async () => {
      const [build, integration] = await gitea.startRun(["build", "integration"]);
      if (build === undefined || integration === undefined) throw new Error("two jobs were asked for");
      const saved = await save(build, freshArchive());
      expect(saved.annotations).toEqual([]);
      const loaded = await load(integration, { "expected-digest": saved.outputs["digest"] ?? "" });
      expect(loaded.annotations).toEqual([]);
      expect(loaded.outputs).toMatchObject({ source: "run", via: "registry", digest: saved.outputs["digest"] });
      expect(await stateOf(own, loaded.tag)).toMatchObject({ usable: true });
      // A second upload of the same image sends nothing.
      expect((await save(build, freshArchive())).log).toContain("already has an artifact");
    });

    test("another run reads an image through the REST API", async () => {
      const [build] = await gitea.startRun();
      const [other] = await gitea.startRun();
      if (build === undefined || other === undefined) throw new Error("a job was asked for");
      expect((await save(build, freshArchive())).annotations).toEqual([]);
      const { GITHUB_RUN_ID: runId = "" } = build.env;
      const inputs = { "run-id": runId, repository: build.repository, "github-token": gitea.token };
      const loaded = await load(other, inputs);
      expect(loaded.annotations).toEqual([]);
      expect(loaded.outputs).toMatchObject({ source: "run", "run-id": runId });
      expect(await stateOf(own, loaded.tag)).toMatchObject({ usable: true });
    });

    test("a job waits for the image that another job makes", async () => {
      const [build, integration] = await gitea.startRun(["build", "integration"]);
      if (build === undefined || integration === undefined) throw new Error("two jobs were asked for");
      const waiting = load(integration, {
        ...{ "wait-timeout": "60", "wait-for-check": "build", "github-token": gitea.token },
      });
      expect((await save(build, freshArchive())).annotations).toEqual([]);
      const loaded = await waiting;
      expect(loaded.annotations).toEqual([]);
      expect(await stateOf(own, loaded.tag)).toMatchObject({ usable: true });
    });

    test("a build uploads its record, and another build is compared with it", async () => {
      const [one, other] = await gitea.startRun(["one", "other"]);
      if (one === undefined || other === undefined) throw new Error("two jobs were asked for");
      const files = { app: Buffer.from("built") };
      const recorded = await step(one, "repro-hash-compare", { paths: "app", "upload-as": "record-one" }, files);
      expect(recorded.annotations).toEqual([]);
      const same = await step(other, "repro-hash-compare", { paths: "app", against: "record-*" }, files);
      expect(same.conclusion).toBe("success");
      const changed = { app: Buffer.from("built otherwise") };
      const differs = await step(other, "repro-hash-compare", { paths: "app", against: "record-*" }, changed);
      expect(differs.conclusion).toBe("failure");
      expect(differs.annotations.map((it) => it.message).join("\n")).toContain("app");
    });

    test("a release takes its image from the run and leaves its ledger there", async () => {
      const [job] = await gitea.startRun();
      if (job === undefined) throw new Error("a job was asked for");
      expect((await save(job, freshArchive())).annotations).toEqual([]);
      await using registry = await RealRegistry.start("crane");
      const images = `${registry.host}/acme/widget`;
      const published = await step(job, "image-publish", {
        ...{ version: "1.2.3", source: "restate.tar", images, logins: `${registry.host} ${USER} ${PASSWORD}` },
      });
      expect(published.annotations).toEqual([]);
      const signal = AbortSignal.timeout(MINUTES);
      const artifacts = runArtifacts({ ...silentReporter, env: job.env, signal, tempFolder: async () => "" });
      const [ledger = ""] = await artifacts.list("ledger-image-");
      const { rows } = readPage((await artifacts.read(ledger, "ledger.json")) ?? Buffer.alloc(0));
      expect(rows).toMatchObject([{ name: images, state: "verified", digest: published.outputs["digest"] }]);
    });
  });
}
