import { createReadStream } from "node:fs";
import { beforeAll, expect, test } from "@jest/globals";
import {
  connect,
  type Engine,
  inspectImage,
  loadImage,
  parseEndpoint,
  removeImage,
  tryImage,
} from "@release-actions/docker";
import { type Image, type ImageArchive, loadedIds, repackForLoad, selectImage } from "@release-actions/oci";
import { silentReporter } from "@release-actions/report";
import { DOCKER_VARIANTS, type OwnVariant } from "../../../scripts/docker-engine.ts";
import { describeWithEngines, startedEngine } from "../../engines.ts";
import { provideOciArchive, provideSavedArchive } from "../../images/build-image.ts";
import type { ImageRecipe } from "../../images/image-recipe.ts";

/** Images of this test's own: engines are shared. */
function recipe(name: string, more: Partial<ImageRecipe> = {}): ImageRecipe {
  return {
    layers: [{ seed: `oci package: ${name}`, bytes: 60_000 }],
    names: [`localhost/oci-package/${name}:1`],
    ...more,
  };
}

const built =
  (name: string, more: Partial<ImageRecipe> = {}) =>
  () =>
    provideOciArchive(startedEngine("containerd"), recipe(name, more));
const saved =
  (variant: OwnVariant, more: Partial<ImageRecipe> = {}) =>
  () =>
    provideSavedArchive(startedEngine(variant), recipe(`saved-${variant}`, more));

const SOURCES: readonly [string, () => Promise<string>][] = [
  ["an OCI layout with gzip layers", built("gzip")],
  ["an OCI layout with zstd layers", built("zstd", { compression: "zstd" })],
  ["an OCI layout with plain layers", built("plain", { compression: "uncompressed" })],
  ["an OCI layout without attestations", built("bare", { attestations: false })],
  ["an OCI layout without a name", built("unnamed", { names: [] })],
  ["an OCI layout of two platforms", built("multi", { platforms: ["linux/amd64", "linux/arm64"] })],
  ["what docker 28 saves with the containerd store", saved("containerd")],
  ["what docker 28 saves of an image without a name", saved("containerd", { names: [] })],
  ["what docker 28 saves with overlay2", saved("overlay2")],
  ["what docker 20.10 saves", saved("20.10")],
];

describeWithEngines("a repacked archive", [...DOCKER_VARIANTS, "podman"], (own) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });

  test.each(SOURCES)("of %s is loaded with the computed identity, and can be used", async (_title, provide) => {
    const file = await provide();
    const approved: { archive: ImageArchive; image: Image }[] = [];
    const approve = (archive: ImageArchive): Image => {
      const image = selectImage(archive, engine.platform);
      approved.push({ archive, image });
      return image;
    };
    const open = () =>
      repackForLoad(createReadStream(file), approve, {
        store: "other",
        ...(own.variant === "20.10" && { decompress: { compressions: new Set(["zstd"] as const) } }),
      });
    await loadImage(engine, open, { reporter: silentReporter });
    const [{ archive, image } = failed()] = approved;
    const ids = loadedIds(archive, image);
    const id = engine.containerdStore ? ids.containerd : ids.classic;
    const loaded = await inspectImage(engine, id ?? "", { platform: engine.platform });
    expect(loaded).toMatchObject({ id, tags: [], diffIds: image.layers.map(({ diffId }) => diffId) });
    expect(await tryImage(engine, id ?? "", { platform: engine.platform })).toEqual({ kind: "usable" });
    await removeImage(engine, id ?? "", { force: true });
  });
});

function failed(): never {
  throw new Error("nothing was approved");
}
