import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { EngineError, findEngine, saveImages } from "@release-actions/docker";
import { Fault, formatBytes, type Reporter } from "@release-actions/report";

/** Writes an image of the engine into a file, as `docker save` does. */
export async function exportImage(
  image: string,
  file: string,
  runner: Reporter & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = runner;
  const engine = await findEngine({ reporter: runner, signal });
  let done = 0;
  async function* counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of bytes) {
      done += chunk.length;
      runner.progress({ label: "exported", done, total: undefined, unit: "bytes" });
      yield chunk;
    }
  }
  try {
    await pipeline(counted(await saveImages(engine, [image], { signal })), createWriteStream(file), { signal });
  } catch (error) {
    await rm(file, { force: true });
    throw explain(error, image, file, done);
  }
  runner.info(`the engine gave ${formatBytes(done)}`);
}

function explain(error: unknown, image: string, file: string, done: number): unknown {
  if (error instanceof EngineError && error.status === 404) {
    return new Fault(`the engine has no image ${JSON.stringify(image)}`, {
      cause: error,
      advice: "Build or pull it in an earlier step of this job; `docker image ls` shows what there is.",
    });
  }
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return new Fault(`no space is left in ${dirname(file)} after ${formatBytes(done)} of the image`, {
      cause: error,
      advice: "Free space on the runner, or write the archive with `docker buildx build` and set `path` to it.",
    });
  }
  return error;
}
