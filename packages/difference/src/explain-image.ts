import { countOf } from "@release-actions/report";
import { mapBytes } from "./byte-map.ts";
import { cause } from "./cause.ts";
import { type Context, type Findings, inside, joinFindings } from "./context.ts";
import { explainImageConfig } from "./explain-image-config.ts";
import { explainTar } from "./explain-tar.ts";
import { flattenLayers } from "./flattened-layers.ts";
import { type ArchivedImage, readImages } from "./image-archive.ts";
import { explainMembers, numbered } from "./members.ts";
import { both, onlyIn, type Pair, readBoth, type Sources } from "./pair.ts";

/** Explains two tars: as images if both are images, otherwise member by member. */
export async function explainTarOrImage(sources: Sources, context: Context): Promise<Findings> {
  const images = await readBoth(sources, (source) => readImages(source, context.signal));
  if (images.some(({ length }) => length === 0)) return await explainTar(sources, context);
  const found = await explainImages(images, context);
  // If the images are equal, the difference is in the archive itself.
  return found.causes.length > 0 ? found : await explainTar(sources, context);
}

/** Pairs images by platform and compares their configurations, layers and files. */
async function explainImages(images: Pair<readonly ArchivedImage[]>, context: Context): Promise<Findings> {
  const [a, b] = both(images, numbered);
  const all: Findings[] = [];
  const only = onlyIn([[...a.keys()], [...b.keys()]]);
  if (only.some(({ length }) => length > 0)) {
    const sides = both(only, (names) => names.join(", ") || "-");
    const remedy = "Build for the same platforms.";
    all.push({ causes: [cause("target", `${context.place}platforms`, ...sides, { remedy })] });
  }
  for (const [platform, image] of a) {
    const other = b.get(platform);
    if (other === undefined) continue;
    const within = inside(context, `${platform}: `);
    all.push({ causes: explainImageConfig(image, other, within) });
    all.push(await explainLayers([image.layers, other.layers], within));
  }
  return joinFindings(all);
}

async function explainLayers(layers: Pair<ArchivedImage["layers"]>, context: Context): Promise<Findings> {
  const [left, right] = layers;
  if (left.length !== right.length) return await explainFlattened(layers, context);
  const all: Findings[] = [];
  for (const [index, layer] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    const { differing } = await mapBytes([layer, other], context.signal);
    if (differing === 0) continue;
    const name = `layer ${index + 1}`;
    const parts = [{ name: `${context.place}${name}`, left: layer.size, right: other.size, differing }];
    all.push({ ...(await context.explain([layer, other], inside(context, `${name}: `))), parts });
  }
  return joinFindings(all);
}

/** Compares images with different numbers of layers by their complete file systems. */
async function explainFlattened(layers: Pair<ArchivedImage["layers"]>, context: Context): Promise<Findings> {
  const remedy = "Build from the same Dockerfile with the same base image, by digest, and squash both or neither.";
  const sides = both(layers, ({ length }) => countOf(length, "layer"));
  const number = cause("member-set", `${context.place}layers`, ...sides, { remedy });
  await using a = await flattenLayers(layers[0], context);
  await using b = await flattenLayers(layers[1], context);
  const found = await explainMembers([a.members, b.members], inside(context, "layers together: "));
  return { ...found, causes: [number, ...found.causes] };
}
