import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { unpackPackage } from "../../scripts/docker-engine/apt.ts";
import { cacheFolder } from "../../scripts/folders.ts";
import { content } from "./content.ts";
import type { ImageRecipe } from "./image-recipe.ts";

/** The layer in which the platforms of an image differ. */
const PLATFORM_BYTES = 50_000;

/** Lays out the folder that `docker build` makes the recipe's image from. */
export async function writeBuildContext(recipe: ImageRecipe, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await copyFile(await staticBusybox(), path.join(folder, "busybox"));
  await chmod(path.join(folder, "busybox"), 0o755);
  for (const [index, layer] of recipe.layers.entries()) {
    await writeFile(path.join(folder, `layer-${index}`), content(layer.seed, layer.bytes));
  }
  for (const platform of recipe.platforms ?? []) {
    await writeFile(path.join(folder, `platform-${path.basename(platform)}`), content(platform, PLATFORM_BYTES));
  }
  await writeFile(path.join(folder, "Dockerfile"), dockerfile(recipe));
}

function dockerfile(recipe: ImageRecipe): string {
  return [
    "FROM scratch",
    "COPY busybox /bin/busybox",
    ...recipe.layers.map((_, index) => `COPY layer-${index} /content/layer-${index}`),
    ...(recipe.platforms === undefined ? [] : ["ARG TARGETARCH", "COPY platform-$TARGETARCH /platform"]),
    `LABEL recipe="${recipe.layers.map((layer) => layer.seed).join(", ")}"`,
    `CMD ["/bin/busybox", "echo", "hello from the image"]`,
    "",
  ].join("\n");
}

/** A program that needs nothing from the image it runs in. */
export async function staticBusybox(): Promise<string> {
  const folder = await unpackPackage("busybox-static", cacheFolder("busybox-static"));
  return path.join(folder, "bin", "busybox");
}
