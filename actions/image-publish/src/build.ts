import { randomBytes } from "node:crypto";
import path from "node:path";
import { childEnv, runCommand } from "@release-actions/command";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * Builds the Dockerfile with buildx, for all platforms of a context, and returns the path of the OCI archive.
 * The same context gives the same image, so that a later attempt can finish an interrupted one. For this, all times in
 * the image are the given time, and the image has no provenance, which would name the run.
 */
export async function buildImage(
  runner: ActionRunner,
  dockerfile: string,
  { folder, platforms }: BuildContext,
): Promise<string> {
  const epoch = runner.env["SOURCE_DATE_EPOCH"] || "0";
  const env = { ...childEnv(runner.env), SOURCE_DATE_EPOCH: epoch };
  const docker = (...args: string[]) => runner.exec("docker", args, { env, check: false });
  const builder = await chooseBuilder(runner, docker, env);
  const archive = path.join(await runner.tempFolder("build"), "image.tar");
  const { exitCode, stderr } = await docker(
    "buildx",
    "build",
    ...builder,
    `--file=${dockerfile}`,
    `--platform=${platforms.join(",")}`,
    "--provenance=false",
    `--output=type=oci,dest=${archive},rewrite-timestamp=true`,
    folder,
  );
  if (exitCode === 0) return archive;
  throw new Fault(`docker buildx build failed with exit code ${exitCode}: ${lastLines(stderr)}`, {
    advice: stderr.includes("exec format error")
      ? "RUN needs an emulator for other platforms (docker/setup-qemu-action); COPY does not."
      : "The build's context holds the archives' files under `linux/amd64/` and so on: `COPY ${TARGETPLATFORM}/app /usr/bin/`.",
  });
}

type Docker = (...args: string[]) => ReturnType<ActionRunner["exec"]>;

/** Building an archive needs the containerd store or else a separate builder, which is removed when the step ends. */
async function chooseBuilder(
  runner: ActionRunner,
  docker: Docker,
  env: ActionRunner["env"],
): Promise<readonly string[]> {
  const info = await docker("info", "--format", "{{json .DriverStatus}}");
  if (info.exitCode !== 0) {
    throw new Fault(
      `docker could not report its capabilities (exit code ${info.exitCode}): ${lastLines(info.stderr)}`,
      {
        advice: "Building needs Docker with buildx: use one of GitHub's Ubuntu runners.",
      },
    );
  }
  if (info.stdout.includes("io.containerd.snapshotter")) return [];
  const name = `image-publish-${randomBytes(4).toString("hex")}`;
  // Do not use `runner.exec` here: after a cancellation it starts no commands.
  runner.onExit(
    async () => void (await runCommand("docker", ["buildx", "rm", "--force", name], { env, check: false })),
  );
  const { exitCode, stderr } = await docker("buildx", "create", "--name", name, "--driver", "docker-container");
  if (exitCode !== 0) throw new Fault(`docker buildx cannot make a builder: ${lastLines(stderr)}`);
  return [`--builder=${name}`];
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n");
}
