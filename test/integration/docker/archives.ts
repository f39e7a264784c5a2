import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { TAR_END, tarFile } from "@release-actions/archive";
import type { Bytes } from "@release-actions/docker";
import { silentReporter } from "@release-actions/report";
import { startEngine } from "../../../scripts/docker-engine.ts";
import { provideOciArchive } from "../../images/build-image.ts";
import { craftOciArchive } from "../../images/crafted-archive.ts";
import type { ImageRecipe } from "../../images/image-recipe.ts";

/** Small images for one test each: engines are shared, so two tests must not use the same name or content. */
export function recipeOf(name: string, recipe: Partial<ImageRecipe> = {}): ImageRecipe {
  return {
    layers: [{ seed: `docker package: ${name}`, bytes: 50_000 }],
    names: [`localhost/docker-package/${name}:1`],
    ...recipe,
  };
}

export function nameOf(recipe: ImageRecipe): string {
  const [name] = recipe.names ?? [];
  if (name === undefined) throw new Error("the recipe has no name");
  return name;
}

export function opening(file: string): () => Bytes {
  return () => createReadStream(file);
}

/** The first `count` bytes of the file, as from a connection that ends early. */
export async function* firstBytes(file: string, count: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { end: count - 1 });
}

/** The recipe's image as an OCI archive. It is built by an engine with the containerd store, the only kind that can. */
export async function builtArchive(recipe: ImageRecipe): Promise<Buffer> {
  await using builder = await startEngine("containerd", silentReporter);
  return await readFile(await provideOciArchive(builder, recipe));
}

/** The content of the one layer of `newArchive`. */
export const LAYER_BYTES = 4_000_000;

/** An image that no engine has seen before. */
export function newArchive(): Buffer {
  return craftOciArchive(Buffer.concat([tarFile("noise", randomBytes(LAYER_BYTES)), TAR_END]), "localhost/new:1");
}

export async function* bytesOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
