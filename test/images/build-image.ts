import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { exists } from "../../scripts/docker-engine/apt.ts";
import { withLock } from "../../scripts/docker-engine/lock.ts";
import type { Engine } from "../../scripts/docker-engine.ts";
import { workFolder } from "../../scripts/folders.ts";
import { writeBuildContext } from "./build-context.ts";
import type { ImageRecipe } from "./image-recipe.ts";

/**
 * The recipe's image as an OCI archive, made by `docker buildx build --output type=oci` and kept
 * under .work/images. It needs an engine with the containerd store. Returns the archive's path.
 */
export function provideOciArchive(engine: Engine, recipe: ImageRecipe): Promise<string> {
  return provide("oci", recipe, async (context, file) => {
    // Without times, the archive has the same digests, and therefore its blobs in the same order, on every machine.
    const compression = `compression=${recipe.compression ?? "gzip"}`;
    const output = ["type=oci", "dest=-", compression, "force-compression=true", "rewrite-timestamp=true"];
    const provenance = `--provenance=${recipe.attestations ?? true}`;
    const times = "--build-arg=SOURCE_DATE_EPOCH=0";
    const options = [...commonOptions(recipe), provenance, times, `--output=${output.join(",")}`];
    await runClient(engine, ["buildx", "build", ...options, "-"], { contextFolder: context, outputFile: file });
    // The engine would not fetch layers that are still in its build cache.
    await runClient(engine, ["builder", "prune", "--all", "--force"]);
  });
}

/** The recipe's image as the engine's own `docker save` writes it. It is kept under .work/images, too. */
export function provideSavedArchive(engine: Engine, recipe: ImageRecipe): Promise<string> {
  return provide(`save-${engine.version}-${engine.variant}`, recipe, async (context, file) => {
    const names = recipe.names ?? [];
    const id = await buildFrom(engine, recipe, context);
    await runClient(engine, ["save", ...(names.length > 0 ? names : [id])], { outputFile: file });
    await runClient(engine, ["image", "rm", "--force", ...names, ...(names.length > 0 ? [] : [id])]);
  });
}

/** Builds the recipe's image inside the engine, under the recipe's names. Returns its ID. */
export async function buildInEngine(engine: Engine, recipe: ImageRecipe): Promise<string> {
  const context = workFolder("images", `context-${process.pid}-${hashOf(recipe)}`);
  try {
    await writeBuildContext(recipe, context);
    return await buildFrom(engine, recipe, context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function buildFrom(engine: Engine, recipe: ImageRecipe, context: string): Promise<string> {
  const options = commonOptions(recipe);
  return (await runClient(engine, ["build", "--quiet", ...options, "-"], { contextFolder: context })).trim();
}

function commonOptions(recipe: ImageRecipe): string[] {
  return [
    ...(recipe.platforms === undefined ? [] : [`--platform=${recipe.platforms.join(",")}`]),
    ...(recipe.names ?? []).map((name) => `--tag=${name}`),
  ];
}

/** Makes a file once in a clone of the project. The file appears only when it is complete. */
async function provide(
  kind: string,
  recipe: ImageRecipe,
  make: (context: string, file: string) => Promise<void>,
): Promise<string> {
  const file = workFolder("images", `${kind}-${hashOf(recipe)}.tar`);
  await mkdir(path.dirname(file), { recursive: true });
  await withLock(file, async () => {
    if (await exists(file)) return;
    const [context, partial] = [`${file}.context`, `${file}.partial`];
    try {
      await writeBuildContext(recipe, context);
      await make(context, partial);
      await rename(partial, file);
    } finally {
      await rm(context, { recursive: true, force: true });
      await rm(partial, { force: true });
    }
  });
  return file;
}

/**
 * Runs the engine's client. A folder is sent as a tar to its standard input, and its standard output can be written
 * to a file. Returns the output that was not written to a file.
 */
async function runClient(
  engine: Engine,
  args: readonly string[],
  streams: { contextFolder?: string; outputFile?: string } = {},
): Promise<string> {
  const [command, ...prefix] = engine.client;
  const output = streams.outputFile === undefined ? undefined : await open(streams.outputFile, "w");
  try {
    const client = spawn(command, [...prefix, ...args], {
      stdio: ["pipe", output?.fd ?? "pipe", "pipe"],
      env: { ...process.env, DOCKER_BUILDKIT: "1" }, // 20.10 has BuildKit, but uses it only when asked.
    });
    const ended = new Promise<number | null>((resolve, reject) => client.on("error", reject).on("close", resolve));
    const said = [client.stdout, client.stderr].map((stream) => (stream === null ? "" : text(stream)));
    await sendContext(streams.contextFolder, client.stdin);
    const [exitCode, stdout = "", stderr = ""] = await Promise.all([ended, ...said]);
    if (exitCode !== 0) throw new Error(`docker ${args.join(" ")}: exit code ${exitCode}\n${stderr}`);
    return stdout;
  } finally {
    await output?.close();
  }
}

async function sendContext(folder: string | undefined, input: NodeJS.WritableStream | null): Promise<void> {
  if (input === null) return;
  if (folder === undefined) {
    input.end();
    return;
  }
  // Errors of the pipe are ignored here: the client's exit code says whether they matter.
  const tar = spawn("tar", [
    "--create",
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--directory",
    folder,
    ".",
  ]);
  await pipeline(tar.stdout, input).catch(() => undefined);
}

function hashOf(recipe: ImageRecipe): string {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);
}
