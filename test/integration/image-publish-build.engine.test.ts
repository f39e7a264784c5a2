import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { TAR_END, tarHeader, tarPadding } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { dockerEnv } from "../act/docker-client.ts";
import { describeWithEngines } from "../engines.ts";
import { staticBusybox } from "../images/build-context.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { uploadArtifact } from "../release/hosting.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";

const APP = "busybox";
const TARGETS = { amd64: "x86_64-unknown-linux-gnu", arm64: "aarch64-unknown-linux-musl" } as const;
const DOCKERFILE = [
  "FROM scratch",
  "ARG TARGETPLATFORM",
  `COPY \${TARGETPLATFORM}/${APP} /usr/bin/${APP}`,
  "COPY ${TARGETPLATFORM}/LICENSE /",
  `ENTRYPOINT ["/usr/bin/${APP}"]`,
  "",
].join("\n");
/** The offset of the machine type in an ELF header, and the number of 64-bit Arm. */
const [E_MACHINE, EM_AARCH64] = [18, 183];

type Files = Readonly<Record<string, Buffer | string>>;

/** An archive as cargo-dist lays it out: one folder with everything in it. */
function archiveOf(target: string, files: Files): Buffer {
  const members = Object.entries(files).flatMap(([name, content]) => {
    const body = Buffer.from(content);
    const header = tarHeader({ kind: "file", path: `${APP}-${target}/${name}`, size: body.length, mode: 0o755 });
    return [header, body, tarPadding(body.length)];
  });
  return gzipSync(Buffer.concat([...members, TAR_END]));
}

const nameOf = (target: string): string => `${APP}-${target}.tar.xz`;
const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describeWithEngines("image-publish from the binaries of a release", ["containerd"], (engine) => {
  let registry: RealRegistry;
  let docker: ReturnType<typeof dockerEnv>;
  let files: Readonly<Record<string, Buffer>>;
  let program: Buffer;
  let count = 0;
  beforeAll(async () => {
    registry = await RealRegistry.start();
    docker = dockerEnv(engine);
    const auth = Buffer.from(`${USER}:${PASSWORD}`).toString("base64");
    writeFileSync(
      path.join(docker.env["DOCKER_CONFIG"] ?? "", "config.json"),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    program = readFileSync(await staticBusybox());
    const other = Buffer.from(program);
    other.writeUInt16LE(EM_AARCH64, E_MACHINE);
    files = {
      [nameOf(TARGETS.amd64)]: archiveOf(TARGETS.amd64, { [APP]: program, LICENSE: "free" }),
      [nameOf(TARGETS.arm64)]: archiveOf(TARGETS.arm64, { [APP]: other, LICENSE: "free" }),
    };
  });
  afterAll(async () => {
    docker[Symbol.dispose]();
    await registry.close();
  });

  const runDocker = async (...args: string[]): Promise<string> =>
    (await runCommand("docker", args, { env: { ...process.env, ...docker.env } })).stdout;
  const list = (archives: Files): string =>
    Object.entries(archives)
      .map(([name, content]) => `${sha256(Buffer.from(content))} *${name}\n`)
      .join("");

  interface Setting {
    readonly workspace?: Files;
    readonly inputs?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string | undefined>>;
  }

  async function run(setting: Setting = {}): Promise<StepResult & { readonly repository: string }> {
    count += 1;
    const repository = `acme${count}/${APP}`;
    const facts = { GITHUB_REPOSITORY: "acme/busybox", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    await using job = await Job.open({ env: { ...facts, ...docker.env, ...setting.env } });
    const workspace: Files = {
      "plan.json": JSON.stringify(makeManifest({ apps: [APP] })),
      Dockerfile: DOCKERFILE,
      ...setting.workspace,
    };
    mkdirSync(job.file("distrib"));
    job.write(workspace);
    const inputs = {
      ...{ plan: "plan.json", dockerfile: "Dockerfile", archives: "distrib" },
      ...{ images: `${registry.host}/${repository}`, logins: `${registry.host} ${USER} ${PASSWORD}` },
      ...setting.inputs,
    };
    return { ...(await job.step("image-publish", { inputs })), repository };
  }

  const inFolder = (archives: Files): Files => ({
    ...Object.fromEntries(Object.entries(archives).map(([name, content]) => [`distrib/${name}`, content])),
    "distrib/sha256.sum": list(archives),
  });

  test("publishes an image that runs, the same whenever it is built", async () => {
    const step = await run({ workspace: inFolder(files) });
    expect(step.annotations).toEqual([]);
    expect(step.log).toContain("for linux/amd64, linux/arm64");
    const image = `${registry.host}/${step.repository}:1.2.3`;
    expect(await runDocker("run", "--rm", "--network=none", image, "echo", "hello")).toBe("hello\n");
    await runDocker("image", "rm", "--force", image);
    await runDocker("builder", "prune", "--all", "--force");
    const again = await run({ workspace: inFolder(files) });
    expect(again.outputs["digest"]).toBe(step.outputs["digest"]);
  });

  test("takes archives and checksums from the run's own artifacts", async () => {
    await using github = await startGitHub();
    const ghRun = github.addRun({ repository: "acme/busybox" });
    for (const [name, content] of Object.entries(files)) {
      await uploadArtifact(github, ghRun, `artifacts-build-local-${sha256(content).slice(0, 8)}`, [[name, content]]);
    }
    await uploadArtifact(github, ghRun, "artifacts-build-global", [["sha256.sum", list(files)]]);
    const inputs = { archives: "artifacts-build-local-*" };
    const step = await run({ inputs, env: github.env(ghRun) });
    expect(step.annotations).toEqual([]);
    expect(await registry.client().tags(step.repository)).toContain("1.2.3");
  });

  const changed = (change: Files): Files => inFolder({ ...files, ...change });
  test.each<[name: string, setting: () => Setting, message: string]>([
    [
      "a missing archive",
      () => ({ workspace: inFolder({ [nameOf(TARGETS.amd64)]: files[nameOf(TARGETS.amd64)] ?? "" }) }),
      `the plan lists ${nameOf(TARGETS.arm64)}, which is not in distrib`,
    ],
    [
      "an invalid archive (B30)",
      () => ({ workspace: changed({ [nameOf(TARGETS.arm64)]: "<html>" }) }),
      "neither a zip nor a tar",
    ],
    [
      "an archive of another build (F114)",
      () => ({
        workspace: { ...inFolder(files), "distrib/sha256.sum": `${"0".repeat(64)} *${nameOf(TARGETS.amd64)}\n` },
      }),
      `the sha256 of ${nameOf(TARGETS.amd64)} is ${"0".repeat(64)} in sha256.sum`,
    ],
    [
      "binaries for another machine (B177)",
      () => ({ workspace: changed({ [nameOf(TARGETS.arm64)]: archiveOf(TARGETS.arm64, { [APP]: program }) }) }),
      `${APP} of ${nameOf(TARGETS.arm64)} is for x86-64, expected aarch64`,
    ],
    [
      "an archive without its program",
      () => ({ workspace: changed({ [nameOf(TARGETS.arm64)]: archiveOf(TARGETS.arm64, { LICENSE: "free" }) }) }),
      `lacks ${APP}, which the plan lists in it`,
    ],
    [
      "a plan of several apps when none is chosen",
      () => ({ workspace: { "plan.json": JSON.stringify(makeManifest({ apps: [APP, "other"] })) } }),
      "name one of them",
    ],
    [
      "a version other than the plan's",
      () => ({ inputs: { version: "1.2.4" } }),
      "the input `version` is 1.2.4, and the plan releases 1.2.3",
    ],
    [
      "archives that do not exist",
      () => ({ inputs: { archives: "nowhere" } }),
      "the artifacts of this run cannot be reached",
    ],
    [
      "a Dockerfile that copies a missing file",
      () => ({ workspace: { ...inFolder(files), Dockerfile: "FROM scratch\nCOPY nothing /\n" } }),
      "docker buildx build failed with exit code 1",
    ],
  ])("refuses %s, and pushes nothing", async (_name, setting, message) => {
    const step = await run(setting());
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(await registry.client().tags(step.repository)).toEqual([]);
  });
});
