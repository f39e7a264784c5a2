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
  /** Of an archive with several, the one to load. Engines before API 1.48 load what they like best. */
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LoadedImage {
  readonly id: string;
  /** The name it was given; undefined for an image that has none. */
  readonly name: string | undefined;
}

/**
 * Streams an archive into the engine's load. `open` is called again when the engine was restarted in
 * the middle; an error thrown by the stream breaks the load off, before any image is there, and is
 * thrown on.
 *
 * What is returned is what the engine says it has loaded and has, never nothing. It is not proof that
 * an image can be used, nor that it is the one expected: see `tryImage` and `inspectImage`.
 *
 * @throws EngineError for an error in the engine's answer, and when it loaded no image.
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
 * The API names loaded images only in sentences such as "Loaded image ID: sha256:…". No sentence is
 * understood here: the last word of each is taken, and what the engine then has under that word.
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

/** Engines name an image in full: with its tag or digest, or by ID. A bare word is just a word. */
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
