import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { ActSetting } from "../act/act-setting.ts";
import type { ActLog } from "../act/log.ts";
import { userRepository } from "../act/published-tree.ts";
import { describeWithEngines } from "../engines.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { uploadArtifact } from "../release/hosting.ts";

const MINUTES = 60_000;

jest.setTimeout(2 * MINUTES);
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describeWithEngines("docker-attest.yml", ["containerd"], (engine) => {
  let setting: ActSetting;
  let registry: RealRegistry;
  beforeAll(async () => {
    setting = await ActSetting.open(engine, []);
    registry = await RealRegistry.start();
  });
  afterAll(async () => {
    await registry?.close();
    await setting?.[Symbol.asyncDispose]();
  });

  /** Calls the workflow in a run that has the file as the artifact `restate.tar`. */
  async function run(inputs: Readonly<Record<string, string>>, content: Buffer): Promise<ActLog> {
    const lines = Object.entries(inputs).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`);
    using repository = await userRepository({
      ".github/workflows/ci.yml": `on: push
jobs:
  attest:
    permissions: { attestations: write, id-token: write, packages: write }
    uses: org/actions/.github/workflows/docker-attest.yml@v1
    with:
${lines.join("")}`,
    });
    const { github } = setting;
    const own = github.addRun({ repository: "org/product" });
    await uploadArtifact(github, own, "restate.tar", [["restate.tar", content]]);
    using act = setting.act(repository.root, own);
    return await act.run("push", { env: setting.env, actor: USER, secrets: { GITHUB_TOKEN: PASSWORD } });
  }
  const attested = (log: ActLog): string[] =>
    [...log.text.matchAll(/attested (.*)/g)].map(([, what = ""]) => what).sort();

  test("attests each image once, also in the registry for pushed ones, the image in the artifact, and the artifact's file", async () => {
    const [pushed, saved, tar] = [randomBytes(8), randomBytes(8), randomBytes(1000)].map((it) => Buffer.from(it));
    if (pushed === undefined || saved === undefined || tar === undefined) throw new Error("three were made");
    const image = `${registry.host}/org/server`;
    const log = await run(
      {
        tags: [
          `${image}:1.2.3@${digestOf(pushed)}`,
          `${image}:latest@${digestOf(pushed)}`,
          `docker.example/org/server:latest@${digestOf(pushed)}`,
        ].join("\n"),
        ...{ artifact: "restate.tar", artifactDigest: digestOf(saved), registry: registry.host },
      },
      tar,
    );
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);
    expect(attested(log)).toEqual(
      [
        `${image} ${digestOf(pushed)}, and pushed`,
        `docker.example/org/server ${digestOf(pushed)}`,
        `restate.tar ${digestOf(saved)}`,
        `restate.tar ${digestOf(tar)}`,
      ].sort(),
    );
  });

  test("fails when there is nothing to attest", async () => {
    const log = await run({ tags: "no digest in it" }, Buffer.from("tar"));
    expect(log.exitCode).toBe(1);
    expect(log.text).toContain("there is nothing to attest: the inputs tags, artifactDigest and artifact are empty");
  });
});
