import { writeFile } from "node:fs/promises";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { describeWithEngines } from "../../engines.ts";
import type { StepResult } from "../../runner/job.ts";
import { startRegistry } from "../docker/registry.ts";
import { Fixture, freshArchive, stateOf } from "./fixture.ts";

const fixture = await Fixture.open();
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

/** The message of the only error that a failed step shows. */
function errorOf(step: StepResult): string {
  const errors = step.annotations.filter(({ level }) => level === "error");
  expect(errors).toHaveLength(1);
  expect(step.conclusion).toBe("failure");
  return errors[0]?.message ?? "";
}

describeWithEngines("load-restate-image finds the image", ["containerd"], (own) => {
  test("in the newest run of the workflow at a commit that has it, even if that run failed", async () => {
    const producer = fixture.github.addRun({ status: "completed", conclusion: "failure" });
    await fixture.runHolding(freshArchive(), producer);
    fixture.github.addRun({ headSha: producer.headSha, status: "completed", conclusion: "success" });
    const { headSha: commit } = producer;
    const step = await fixture.load(fixture.github.addRun(), own, { commit, source: "commit" });
    expect(step.outputs).toMatchObject({ source: "commit", "run-id": String(producer.id) });
    expect(await stateOf(own, step.tag)).toMatchObject({ usable: true });
  });

  test("at the second parent of a merge commit, and says so", async () => {
    const producer = await fixture.runHolding(freshArchive(), fixture.github.addRun({ event: "pull_request" }));
    const { repository } = producer;
    const base = fixture.github.addCommit(repository);
    const merge = fixture.github.addCommit(repository, { parents: [base.sha, producer.headSha] });
    const step = await fixture.load(fixture.github.addRun(), own, { commit: merge.sha });
    expect(step.outputs["run-id"]).toBe(String(producer.id));
    expect(step.log).toContain(`is a merge commit without a run: looking at its second parent, ${producer.headSha}`);
    expect(step.log).toMatch(/the source `run` does not have the image: this run has no artifact "restate.tar"/);
  });

  test("in the named run", async () => {
    const producer = await fixture.runHolding(freshArchive());
    const step = await fixture.load(fixture.github.addRun(), own, { "run-id": String(producer.id) });
    expect(step.outputs).toMatchObject({ source: "run", "run-id": String(producer.id) });
  });

  test("in a file", async () => {
    using folder = new FileTree();
    const file = folder.path("image.tar");
    await writeFile(file, freshArchive());
    const step = await fixture.load(fixture.github.addRun(), own, { file });
    expect(step.outputs).toMatchObject({ source: "file", via: "registry" });
    expect(await stateOf(own, step.tag)).toMatchObject({ usable: true });
  });

  test("in its registry, when the artifact has expired", async () => {
    const producer = await fixture.runHolding(freshArchive());
    await fixture.github.expire(fixture.github.artifact(producer, "restate.tar"));
    await using registry = await startRegistry(freshArchive());
    const step = await fixture.load(fixture.github.addRun(), own, {
      ...{ commit: producer.headSha, source: "auto" },
      "registry-image": registry.repository,
    });
    expect(step.log).toMatch(
      /the source `commit` does not have the image: .*"restate.tar" of run \d+ of acme\/product.* expired/,
    );
    expect(step.outputs).toMatchObject({ source: "registry", via: "", "image-id": registry.digest });
    expect(await stateOf(own, step.tag)).toMatchObject({ usable: true });
  });

  test("in the engine, when it has the expected image, without any request", async () => {
    const first = await fixture.load(await fixture.runHolding(freshArchive()), own);
    fixture.network.reset();
    const expected = { "expected-digest": first.outputs["digest"] ?? "" };
    const step = await fixture.load(fixture.github.addRun(), own, expected);
    expect(step.outputs).toMatchObject({ "cache-hit": "true", "image-id": first.outputs["image-id"], source: "" });
    expect(fixture.network.services.passages).toEqual([]);
    expect(fixture.network.storage.passages).toEqual([]);
  });
});

describeWithEngines("load-restate-image says", ["containerd"], (own) => {
  test("which artifacts the run has, and suggests the nearest name (F41)", async () => {
    const run = await fixture.runHolding(freshArchive());
    const message = errorOf(await fixture.load(run, own, { "artifact-name": "restate.tgz" }));
    expect(message).toMatch(/this run has no artifact "restate.tgz"; it has "restate.tar"/);
    expect(message).toContain("Did you mean `artifact-name: restate.tar`?");
  });

  test("when the artifact expired, and how to get a new one (F25, F44, F90)", async () => {
    const producer = await fixture.runHolding(freshArchive());
    await fixture.github.expire(fixture.github.artifact(producer, "restate.tar"));
    const message = errorOf(await fixture.load(fixture.github.addRun(), own, { "run-id": String(producer.id) }));
    expect(message).toMatch(/made \d{4}-.* expired \d{4}-/);
    expect(message).toContain(
      `Run the workflow again for a new one: https://github.com/acme/product/actions/runs/${producer.id}`,
    );
  });

  test("that the producer failed, at once and with a link", async () => {
    const producer = fixture.github.addRun();
    const { repository, headSha } = producer;
    fixture.github.addCheckRun(repository, {
      name: "docker / build",
      headSha,
      status: "completed",
      conclusion: "failure",
    });
    const waiting = { commit: headSha, source: "commit", "wait-timeout": "600", "wait-for-check": "build" };
    const step = await fixture.load(fixture.github.addRun(), own, waiting);
    expect(errorOf(step)).toMatch(/its check "docker \/ build" ended with failure\nNext: See https:\/\/github.com/);
    expect(step.durationMs).toBeLessThan(9000);
  });

  test("which lines to add when the token may not read artifacts (F22)", async () => {
    const producer = await fixture.runHolding(freshArchive());
    const token = fixture.github.token(producer.repository, { contents: "read" });
    const inputs = { "run-id": String(producer.id), "github-token": token };
    expect(errorOf(await fixture.load(fixture.github.addRun(), own, inputs))).toContain(
      "permissions:\n  actions: read",
    );
  });

  test("what is wrong with the first place, and does not look at the second", async () => {
    const producer = await fixture.runHolding(freshArchive());
    const token = fixture.github.token(producer.repository, { contents: "read" });
    const elsewhere = { "registry-image": "localhost/acme/product", "run-id": String(producer.id) };
    const step = await fixture.load(fixture.github.addRun(), own, { "github-token": token, ...elsewhere });
    expect(errorOf(step)).toContain("actions: read");
    expect(step.log).not.toContain("localhost/acme/product");
  });

  test("that a fork's run is refused, and accepts it when told to (F128)", async () => {
    fixture.github.addRepository("mallory/product", { forkOf: "acme/product" });
    const fork = await fixture.runHolding(freshArchive(), fixture.github.addRun({ headRepository: "mallory/product" }));
    for (const place of [{ commit: fork.headSha, source: "commit" }, { "run-id": String(fork.id) }]) {
      const message = errorOf(await fixture.load(fixture.github.addRun(), own, place));
      expect(message).toMatch(/of mallory\/product, but runs of forks are refused/);
    }
    const allowed = { commit: fork.headSha, source: "commit", "allow-forks": "true" };
    expect((await fixture.load(fixture.github.addRun(), own, allowed)).conclusion).toBe("success");
  });

  test("which platforms the archive has (F78)", async () => {
    const run = await fixture.runHolding(freshArchive());
    const message = errorOf(await fixture.load(run, own, { platform: "linux/arm64" }));
    expect(message).toMatch(/no image for linux\/arm64; the archive has linux\/amd64/);
  });

  test("that the artifact is not the expected image (F38, F129)", async () => {
    const run = await fixture.runHolding(freshArchive());
    const step = await fixture.load(run, own, { "expected-digest": `sha256:${"1".repeat(64)}` });
    expect(errorOf(step)).toMatch(/holds the image sha256:.*, expected sha256:1111/);
    expect(await stateOf(own, step.tag)).toBeUndefined();
  });

  test.each([
    ["tag", "-rm", /input `tag` is "-rm": .*starts with a dash/],
    ["platform", "amd64", /input `platform` is "amd64": expected os\/architecture/],
    ["run-id", "latest", /input `run-id` is "latest": expected the number/],
    ["source", "registry", /input `source` is registry, which needs the input `registry-image`/],
    ["source", "anywhere", /input `source` is "anywhere": expected one of auto, run, commit, registry, file/],
    ["expected-digest", "latest", /expected a digest such as sha256:/],
  ])("what is wrong with the input %s %j (F143)", async (name, value, message) => {
    expect(errorOf(await fixture.load(fixture.github.addRun(), undefined, { [name]: value }))).toMatch(message);
  });
});

describeWithEngines("load-restate-image, with `snapshotter: require`,", ["containerd", "overlay2"], (own) => {
  test("accepts only the containerd store, and shows the setting that enables it", async () => {
    const step = await fixture.load(await fixture.runHolding(freshArchive()), own, { snapshotter: "require" });
    if (own.variant === "containerd") expect(step.conclusion).toBe("success");
    else expect(errorOf(step)).toContain('"features": { "containerd-snapshotter": true }');
  });
});

test("load-restate-image says where it looked for an engine, and does not wait for the artifact without one", async () => {
  const patient = { "wait-timeout": "300" };
  const nowhere = { env: { DOCKER_HOST: "unix:///nowhere/docker.sock" } };
  const step = await fixture.load(fixture.github.addRun(), undefined, patient, nowhere);
  expect(errorOf(step)).toMatch(
    /no container engine answers; tried:\n- DOCKER_HOST: unix:\/\/\/nowhere\/docker.sock: there is no such socket/,
  );
  expect(step.durationMs).toBeLessThan(60_000);
});
