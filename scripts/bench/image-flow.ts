import { rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "@release-actions/command";
import { formatBytes, silentReporter } from "@release-actions/report";
import { provideOciArchive } from "../../test/images/build-image.ts";
import { largeRecipe } from "../../test/images/image-recipe.ts";
import { Job, type StepResult } from "../../test/runner/job.ts";
import { type ProxiedGitHub, startGitHubBehindProxy } from "../../test/stand-in/proxy/behind-proxy.ts";
import type { ArtifactRequest } from "../../test/stand-in/published/artifact-client.ts";
import { runPublishedArtifactClient } from "../../test/stand-in/published/run.ts";
import { type Engine, NoEngine, startEngine } from "../docker-engine.ts";
import { workFolder } from "../folders.ts";
import { startFarStorage } from "./far-storage.ts";
import { type Bench, median, type Row } from "./row.ts";

/** The speed at which a hosted runner reaches the artifact store, and the number of rounds. */
const BYTES_PER_SECOND = 60_000_000;
const LATENCY_MS = 20;
const ROUNDS = 9;
const MAX_PEAK_MIB = 150;

/** The name of the image inside the archive, which `docker load` restores. */
const LOADED_NAME = "localhost/large:1";
const TAG = "localhost/restatedev/restate-commit-download:latest";

/** One job uploads an image of 170 MB and another loads it into its engine, with our actions and with the usual ones. */
export const imageFlow: Bench = {
  name: "image-flow",
  async run(say) {
    let engine: Engine;
    try {
      engine = await startEngine("containerd", { ...silentReporter, info: say });
    } catch (error) {
      if (error instanceof NoEngine) return error.message;
      throw error;
    }
    const network = await startGitHubBehindProxy();
    try {
      const gzip = await provideOciArchive(engine, largeRecipe("gzip"));
      const zstd = await provideOciArchive(engine, largeRecipe("zstd"));
      return [
        ...(await benchUpload(network, gzip, say)),
        ...(await benchLoad(network, engine, gzip, "gzip", say)),
        ...(await benchLoad(network, engine, zstd, "zstd", say)),
        await benchMemory(network, engine, say),
      ];
    } finally {
      await network.close();
      await engine.stop();
    }
  },
};

async function benchUpload({ github }: ProxiedGitHub, archive: string, say: (text: string) => void): Promise<Row[]> {
  const times: Record<"ours" | "stored" | "deflated", number[]> = { ours: [], stored: [], deflated: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`upload, round ${round + 1} of ${ROUNDS}`);
    times.ours.push((await save(github, archive)).durationMs);
    times.stored.push(await publishedUpload(github, archive, 0));
    times.deflated.push(await publishedUpload(github, archive, 6));
  }
  const [ours, stored, deflated] = [median(times.ours), median(times.stored), median(times.deflated)];
  const what = `upload of ${formatBytes((await stat(archive)).size)}`;
  return [
    {
      what,
      peer: `stored ${ms(stored)}`,
      ours: ms(ours),
      ratio: ours / stored,
      budget: "1.1 x",
      held: ours <= 1.1 * stored,
    },
    { what, peer: `deflate 6 ${ms(deflated)}`, ours: ms(ours), ratio: ours / deflated, budget: "-", held: true },
  ];
}

async function publishedUpload(github: GitHub, archive: string, level: number, run = github.addRun()): Promise<number> {
  const request: ArtifactRequest = {
    do: "upload",
    name: "restate.tar",
    files: [archive],
    root: path.dirname(archive),
    options: { compressionLevel: level },
  };
  const { exitCode, durationMs, log } = await runPublishedArtifactClient(request, { env: github.env(run) });
  if (exitCode !== 0) throw new Error(`the published client failed:\n${log}`);
  return durationMs;
}

async function benchLoad(
  network: ProxiedGitHub,
  engine: Engine,
  archive: string,
  compression: "gzip" | "zstd",
  say: (text: string) => void,
): Promise<Row[]> {
  const { github } = network;
  await using far = await storeFarAway(network, archive);
  const { run } = far;
  const artifact = github.artifact(run, "restate.tar");
  const times: Record<"ours" | "again" | "peer" | "load", number[]> = { ours: [], again: [], peer: [], load: [] };
  let peakMiB = 0;
  // Round 0 fills the caches, among them the stand-in's for the content, and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(`load of ${compression} layers, round ${round} of ${ROUNDS}`);
    await forgetImages(engine);
    const ours = await load(github, run, engine);
    times.ours.push(ours.durationMs);
    peakMiB = Math.max(peakMiB, (ours.peakRss ?? 0) / 1024 / 1024);
    times.again.push((await load(github, run, engine)).durationMs);

    await forgetImages(engine);
    const folder = workFolder("bench", "download");
    await rm(folder, { recursive: true, force: true });
    const started = performance.now();
    const request = { do: "download", id: artifact.id, options: { path: folder } } as const;
    const client = await runPublishedArtifactClient(request, { env: github.env(run) });
    if (client.exitCode !== 0) throw new Error(`the published client failed:\n${client.log}`);
    const loading = performance.now();
    await docker(engine, ["load"], path.join(folder, path.basename(archive)));
    times.load.push(performance.now() - loading);
    await docker(engine, ["tag", LOADED_NAME, TAG]);
    times.peer.push(performance.now() - started);
    await rm(folder, { recursive: true, force: true });
  }
  await forgetImages(engine);
  const [ours, again, peer, alone] = [times.ours, times.again, times.peer, times.load].map((values) =>
    median(values.slice(1)),
  ) as [number, number, number, number];
  const ratioToPeer = compression === "gzip" ? 1 / 2 : 1 / 3;
  const what = `artifact to tag, ${compression} layers`;
  return [
    {
      what,
      peer: `download, load, tag ${ms(peer)}`,
      ours: ms(ours),
      ratio: ours / peer,
      budget: compression === "gzip" ? "1/2" : "1/3",
      held: ours <= peer * ratioToPeer,
    },
    {
      what,
      peer: `docker load alone ${ms(alone)}`,
      ours: ms(ours),
      ratio: ours / alone,
      budget: compression === "gzip" ? "1.1 x" : "-",
      held: compression !== "gzip" || ours <= 1.1 * alone,
    },
    { what: `${what}, again`, peer: "-", ours: ms(again), budget: "500 ms", held: again <= 500 },
    {
      what: `${what}, memory`,
      peer: "-",
      ours: `${peakMiB.toFixed(0)} MiB`,
      budget: `${MAX_PEAK_MIB} MiB`,
      held: peakMiB <= MAX_PEAK_MIB,
    },
  ];
}

/** Measures the memory of a load, which must not grow with the image. */
async function benchMemory(network: ProxiedGitHub, engine: Engine, say: (text: string) => void): Promise<Row> {
  const archive = await provideOciArchive(engine, largeRecipe("zstd", 4));
  await using far = await storeFarAway(network, archive);
  say(`load of ${formatBytes((await stat(archive)).size)}`);
  await forgetImages(engine);
  const peakMiB = ((await load(network.github, far.run, engine)).peakRss ?? 0) / 1024 / 1024;
  await forgetImages(engine);
  return {
    what: `load of ${formatBytes((await stat(archive)).size)}, memory`,
    peer: "-",
    ours: `${peakMiB.toFixed(0)} MiB`,
    budget: `${MAX_PEAK_MIB} MiB`,
    held: peakMiB <= MAX_PEAK_MIB,
  };
}

/** Uploads an artifact in a run of its own, and serves it as if the storage were far from the runner. */
async function storeFarAway(network: ProxiedGitHub, archive: string): Promise<{ readonly run: Run } & AsyncDisposable> {
  const { github } = network;
  network.reset();
  github.routeThrough({ storage: network.storage.origin });
  const run = github.addRun();
  await publishedUpload(github, archive, 0, run);
  network.services.limits.latencyMs = LATENCY_MS;
  const distance = { bytesPerSecond: BYTES_PER_SECOND, latencyMs: LATENCY_MS };
  const storage = await startFarStorage(github.storage.origin, distance);
  github.routeThrough({ storage: storage.origin });
  return { run, [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose]() };
}

type GitHub = ProxiedGitHub["github"];
type Run = ReturnType<GitHub["addRun"]>;

async function save(github: GitHub, archive: string): Promise<StepResult> {
  return await step("save-restate-image", { path: archive }, github.env(github.addRun()));
}

async function load(github: GitHub, run: Run, engine: Engine): Promise<StepResult> {
  return await step("load-restate-image", { tag: TAG }, { ...github.env(run), DOCKER_HOST: engine.host });
}

async function step(action: string, inputs: Record<string, string>, env: Record<string, string>): Promise<StepResult> {
  const job = await Job.open({ env });
  try {
    const result = await job.step(action, { inputs });
    if (result.conclusion !== "success") throw new Error(`${action} failed:\n${result.log}`);
    return result;
  } finally {
    await job.close();
  }
}

async function forgetImages(engine: Engine): Promise<void> {
  await docker(engine, ["image", "rm", "--force", TAG, LOADED_NAME], undefined, false);
  await docker(engine, ["image", "prune", "--force"]);
  await settle();
}

/**
 * Waits until the disk has what was written so far, and the engine has deleted what it forgot, which it does in the
 * background. Otherwise the next measurement pays for it.
 */
async function settle(): Promise<void> {
  await sleep(1000);
  await runCommand("sync", []);
}

async function docker(engine: Engine, args: readonly string[], inputFile?: string, check = true): Promise<void> {
  const [command, ...prefix] = engine.client;
  // A shell opens the file as the client's standard input, so that no copying is measured.
  const words = [command, ...prefix, ...args];
  const script = inputFile === undefined ? '"$@"' : 'file=$1; shift; exec "$@" < "$file"';
  const shellArgs = ["-c", script, "sh", ...(inputFile === undefined ? [] : [inputFile]), ...words];
  await runCommand("sh", shellArgs, { check });
}

function ms(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
