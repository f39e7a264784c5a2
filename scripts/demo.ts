// Shows the image flow on this machine: the real engine builds an image, save-restate-image saves it in one job,
// load-restate-image loads it in another, and it is run. The tests' stand-in takes the place of GitHub.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { TAR_END, tarFile } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { formatDuration, silentReporter } from "@release-actions/report";
import { provideOciArchive } from "../test/images/build-image.ts";
import { craftOciArchive } from "../test/images/crafted-archive.ts";
import { largeRecipe } from "../test/images/image-recipe.ts";
import { Job, type StepResult } from "../test/runner/job.ts";
import { type GitHub, startGitHub } from "../test/stand-in/github.ts";
import { runPublishedArtifactClient } from "../test/stand-in/published/run.ts";
import { type Engine, NoEngine, startEngine } from "./docker-engine.ts";
import { workFolder } from "./folders.ts";

const TAG = "localhost/restatedev/restate-commit-download:latest";

const timeline: [what: string, ms: number][] = [];

const build = [path.join(import.meta.dirname, "build.ts"), "save-restate-image", "load-restate-image"];
await timed("bundling the two actions", () => runCommand(process.execPath, build));
const engine = await timed("starting an engine", startIfPossible);
const github = await timed("starting the stand-in for GitHub", startGitHub);
try {
  if (engine === undefined) await showArchiveOnDisk(github);
  else await showImageFlow(github, engine);
} finally {
  await github.close();
  await engine?.stop();
}
console.log("\nWhere the time went:");
const longest = Math.max(...timeline.map(([, ms]) => ms));
for (const [what, ms] of timeline) {
  const bar = "#".repeat(Math.max(1, Math.round((30 * ms) / longest)));
  console.log(`  ${what.padEnd(36)} ${formatDuration(ms).padStart(12)}  ${bar}`);
}

async function showImageFlow(github: GitHub, engine: Engine): Promise<void> {
  const archive = await timed("building an OCI image", () => provideOciArchive(engine, largeRecipe("zstd")));
  const run = github.addRun();
  const saved = await timed("save-restate-image", () => step("save-restate-image", { path: archive }, github.env(run)));
  const digest = saved.outputs["digest"] ?? "";
  const env = { ...github.env(run), DOCKER_HOST: engine.host };
  const loaded = await timed("load-restate-image", () =>
    step("load-restate-image", { "expected-digest": digest }, env),
  );
  const again = await timed("load-restate-image, image there", () =>
    step("load-restate-image", { "expected-digest": digest }, env),
  );
  const [docker, ...prefix] = engine.client;
  const { stdout } = await timed("running a container from the tag", () =>
    runCommand(docker, [
      ...prefix,
      "run",
      "--rm",
      "--network",
      "none",
      TAG,
      "/bin/busybox",
      "echo",
      "hello from the image",
    ]),
  );
  console.log(`\nThe container says: ${stdout.trim()}`);
  console.log(`Loaded ${loaded.outputs["image"]} (${digest}) via ${loaded.outputs["via"]}: ${loaded.outputs["size"]}`);
  console.log(`The second time: cache-hit=${again.outputs["cache-hit"]}, ${again.outputs["size"]}`);
}

/** Without an engine, saves an archive, downloads it with the published client, and compares the bytes. */
async function showArchiveOnDisk(github: GitHub): Promise<void> {
  const folder = workFolder("demo");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const archive = path.join(folder, "restate.tar");
  const layer = Buffer.concat([tarFile("hello.txt", "hello from the image\n"), TAR_END]);
  await writeFile(archive, craftOciArchive(layer, "localhost/demo:1"));
  const run = github.addRun();
  const saved = await timed("save-restate-image", () => step("save-restate-image", { path: archive }, github.env(run)));
  const options = { path: path.join(folder, "downloaded") };
  const { id } = github.artifact(run, "restate.tar");
  await timed("download by the published client", () =>
    runPublishedArtifactClient({ do: "download", id, options }, { env: github.env(run) }),
  );
  const [before, after] = await Promise.all([archive, path.join(options.path, "restate.tar")].map(sha256));
  if (before !== after) throw new Error(`the archive came back different: ${before} became ${after}`);
  console.log(`\nVerified on disk: image ${saved.outputs["digest"]}, in an archive with the digest ${after}`);
}

async function step(action: string, inputs: Record<string, string>, env: Record<string, string>): Promise<StepResult> {
  await using job = await Job.open({ env });
  const result = await job.step(action, { inputs });
  if (result.conclusion === "success") return result;
  throw new Error(`${action} failed:\n${result.log}`);
}

async function startIfPossible(): Promise<Engine | undefined> {
  try {
    return await startEngine("containerd", { ...silentReporter, info: (message) => console.log(`  ${message}`) });
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    console.log(
      `No Docker engine can be had here (${error.message}), so this shows the flow up to a verified archive.`,
    );
    return undefined;
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  console.log(`${what} ...`);
  const started = performance.now();
  const result = await work();
  timeline.push([what, performance.now() - started]);
  return result;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
