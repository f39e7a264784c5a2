import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import type { Context, Excerpt, Findings, Part } from "./context.ts";
import { explainImageConfig } from "./explain-image-config.ts";
import { explainTar } from "./explain-tar.ts";
import { flattenLayers } from "./flattened-layers.ts";
import { type ArchivedImage, isImageArchive, readImages } from "./image-archive.ts";
import { type ImageFile, listFiles } from "./image-files.ts";
import { explainMembers } from "./members.ts";

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Explains two tars: as images if both are images, otherwise member by member. */
export async function explainTarOrImage(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const [a, b] = [await listFiles(left, context.signal), await listFiles(right, context.signal)];
  if (!isImageArchive(a) || !isImageArchive(b)) return await explainTar(left, right, context);
  const [imagesA, imagesB] = [await readImages(a, readDocument), await readImages(b, readDocument)];
  if (imagesA.length === 0 || imagesB.length === 0) return await explainTar(left, right, context);
  const found = await explainImages(imagesA, imagesB, context);
  // If the images are equal, the difference is in the archive itself.
  return found.causes.length > 0 ? found : await explainTar(left, right, context);
}

async function readDocument({ source }: ImageFile): Promise<unknown> {
  if (source.size > MAX_DOCUMENT_BYTES) return undefined;
  try {
    return JSON.parse(Buffer.from(await readExactly(source, 0, source.size)).toString("utf8"));
  } catch {
    return undefined; // Not JSON: the blob is compared as a file.
  }
}

/** Pairs images by platform and compares their configurations, layers and files. */
async function explainImages(
  left: readonly ArchivedImage[],
  right: readonly ArchivedImage[],
  context: Context,
): Promise<Findings> {
  const [a, b] = [numbered(left), numbered(right)];
  const causes: Cause[] = [];
  const parts: Part[] = [];
  const excerpts: Excerpt[] = [];
  const [onlyA, onlyB] = [[...a.keys()].filter((name) => !b.has(name)), [...b.keys()].filter((name) => !a.has(name))];
  if (onlyA.length + onlyB.length > 0) {
    const remedy = "Build for the same platforms.";
    causes.push(
      cause("target", `${context.place}platforms`, onlyA.join(", ") || "-", onlyB.join(", ") || "-", { remedy }),
    );
  }
  for (const [platform, image] of a) {
    const other = b.get(platform);
    if (other === undefined) continue;
    const inside = { ...context, place: `${context.place}${platform}: `, depth: context.depth + 1 };
    const found = await explainImage(image, other, inside);
    causes.push(...found.causes);
    parts.push(...found.parts);
    excerpts.push(...(found.excerpts ?? []));
  }
  return { causes, parts, excerpts };
}

function numbered(images: readonly ArchivedImage[]): Map<string, ArchivedImage> {
  const named = new Map<string, ArchivedImage>();
  for (const image of images) {
    let name = image.platform;
    for (let count = 2; named.has(name); count += 1) name = `${image.platform} (${count})`;
    named.set(name, image);
  }
  return named;
}

async function explainImage(a: ArchivedImage, b: ArchivedImage, context: Context): Promise<Findings> {
  const config = explainImageConfig(a, b, context);
  const layers = await explainLayers(a.layers, b.layers, context);
  return { ...layers, causes: [...config, ...layers.causes] };
}

async function explainLayers(
  left: readonly ImageFile[],
  right: readonly ImageFile[],
  context: Context,
): Promise<Findings> {
  if (left.length !== right.length) return await explainFlattened(left, right, context);
  const causes: Cause[] = [];
  const parts: Part[] = [];
  const excerpts: Excerpt[] = [];
  for (const [index, layer] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    const map = await mapBytes(layer.source, other.source, context.signal);
    if (map.differing === 0) continue;
    const name = `layer ${index + 1}`;
    parts.push({
      name: `${context.place}${name}`,
      left: layer.source.size,
      right: other.source.size,
      differing: map.differing,
    });
    const inside = { ...context, place: `${context.place}${name}: `, depth: context.depth + 1 };
    const found = await context.explain(layer.source, other.source, inside);
    causes.push(...found.causes);
    excerpts.push(...(found.excerpts ?? []));
  }
  return { causes, parts, excerpts };
}

/** Compares images with different numbers of layers by their complete file systems. */
async function explainFlattened(
  left: readonly ImageFile[],
  right: readonly ImageFile[],
  context: Context,
): Promise<Findings> {
  const remedy = "Build from the same Dockerfile with the same base image, by digest, and squash both or neither.";
  const sides = [countOf(left.length, "layer"), countOf(right.length, "layer")] as const;
  const number = cause("member-set", `${context.place}layers`, ...sides, { remedy });
  const a = await flattenLayers(left, context);
  try {
    const b = await flattenLayers(right, context);
    try {
      const inside = { ...context, place: `${context.place}layers together: `, depth: context.depth + 1 };
      const found = await explainMembers(a.members, b.members, inside);
      return { ...found, causes: [number, ...found.causes] };
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
}
