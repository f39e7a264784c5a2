import { stripVTControlCharacters } from "node:util";
import { ImageReferenceError, parseReference } from "@release-actions/image-reference";
import type { Platform } from "@release-actions/platform";
import type { Reporter } from "@release-actions/report";
import { atLeast } from "./api-version.ts";
import { call } from "./call.ts";
import type { Engine } from "./engine.ts";
import { EngineError } from "./fault.ts";
import { inspectImage } from "./images.ts";
import { progressOf } from "./message-progress.ts";
import { readMessages } from "./messages.ts";
import { retryOverRestart } from "./restart.ts";
import type { Bytes } from "./transport.ts";

export interface LoadOptions {
  readonly reporter: Reporter;
  /** The platform to load from an archive with several. Engines before API 1.48 ignore this and choose themselves. */
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LoadedImage {
  readonly id: string;
  /** The name of the image; undefined for an image without a name. */
  readonly name: string | undefined;
}

/**
 * Streams an archive into the engine. If the engine restarts during the load, `open` is called again. An error of the
 * stream stops the load before the engine has any image, and is thrown again.
 *
 * Returns the images that the engine reports as loaded and has; at least one. This does not prove that an image can be
 * used (see `tryImage`) or that it is the expected one (see `inspectImage`).
 *
 * @throws EngineError when the engine reports an error or loads no image.
 */
export function loadImage(engine: Engine, open: () => Bytes, options: LoadOptions): Promise<readonly LoadedImage[]> {
  const { reporter, platform, signal } = options;
  return retryOverRestart(engine, options, async () => {
    const doing = "loading the image";
    const answer = await call(engine, {
      method: "POST",
      path: "/images/load",
      query: {
        quiet: "0",
        platform: platform !== undefined && atLeast(engine.apiVersion, "1.48") ? JSON.stringify(platform) : undefined,
      },
      headers: { "content-type": "application/x-tar" },
      body: open(),
      signal,
      doing,
    });
    const showProgress = progressOf(doing, reporter);
    const said: string[] = [];
    for await (const message of readMessages(answer.body, doing)) {
      showProgress(message);
      if (typeof message["stream"] === "string") said.push(...message["stream"].split("\n"));
    }
    for (const line of said) reporter.debug(`engine: ${line}`);
    const loaded = await imagesNamed(engine, said, signal);
    if (loaded.length === 0) {
      throw new EngineError(doing, said.join(" ").trim() || "nothing, and no image was loaded");
    }
    return loaded;
  });
}

/**
 * The API names loaded images only in sentences such as "Loaded image ID: sha256:…". The sentences are not parsed;
 * instead the engine is asked for an image named by the last word of each.
 */
async function imagesNamed(
  engine: Engine,
  said: readonly string[],
  signal: AbortSignal | undefined,
): Promise<LoadedImage[]> {
  const words = said.flatMap((line) => (engine.product === "podman" ? line.split(",") : [line])).map(lastWord);
  const loaded: LoadedImage[] = [];
  for (const word of new Set(words)) {
    if (!isNamed(word)) continue;
    const image = await inspectImage(engine, word, { signal });
    if (image !== undefined) loaded.push({ id: image.id, name: isImageId(word) ? undefined : word });
  }
  return loaded;
}

function lastWord(line: string): string {
  return stripVTControlCharacters(line).trim().split(/\s/).at(-1) ?? "";
}

/** Whether a word can name an image. Engines always write a tag, a digest or an ID, so a plain word does not count. */
function isNamed(word: string): boolean {
  if (isImageId(word)) return true;
  try {
    const { tag, digest } = parseReference(word);
    return tag !== undefined || digest !== undefined;
  } catch (error) {
    if (error instanceof ImageReferenceError) return false;
    throw error;
  }
}

function isImageId(word: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(word);
}
