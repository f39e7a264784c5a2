import { createReadStream } from "node:fs";
import type { Bytes } from "@release-actions/docker";
import type { ImageRecipe } from "../../images/image-recipe.ts";

/** Small images of a test's own: engines are shared, so no two tests may use one name or content. */
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

/** The image's bytes cut after so many, as a connection that ends early delivers them. */
export async function* firstBytes(file: string, count: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { end: count - 1 });
}
