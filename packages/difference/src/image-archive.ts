import { findFileIn, type ImageFile } from "./image-files.ts";
import { type JsonRecord, list, record, text } from "./json-value.ts";

/** An image in an archive: its configuration and its layers, base layer first. */
export interface ArchivedImage {
  /** The platform, such as `linux/arm64/v8`, or the name of the image if no platform is given. */
  readonly platform: string;
  readonly config: JsonRecord;
  readonly manifest: JsonRecord;
  readonly layers: readonly ImageFile[];
  /** Which archive it was read from. */
  readonly form: "OCI layout" | "docker save";
}

/** The files of an archive by their names. */
export type ImageFiles = ReadonlyMap<string, ImageFile>;

type ReadJson = (file: ImageFile) => Promise<unknown>;

const MAX_NESTED_INDEXES = 4;

/** Whether a tar contains images: an OCI image layout, or the output of `docker save`. */
export function isImageArchive(files: ImageFiles): boolean {
  return (files.has("oci-layout") && files.has("index.json")) || files.has("manifest.json");
}

/**
 * Reads the images of an archive in either form (OCI image-layout and image index; Docker's `manifest.json`). Images
 * whose blobs are missing are skipped, since an index may name platforms that the archive does not contain.
 */
export async function readImages(files: ImageFiles, readJson: ReadJson): Promise<ArchivedImage[]> {
  const index = files.get("index.json");
  if (index !== undefined) {
    const images = await readIndex(record(await readJson(index)), files, readJson, 0);
    if (images.length > 0) return images;
  }
  const manifest = files.get("manifest.json");
  return manifest === undefined ? [] : await readDockerManifest(await readJson(manifest), files, readJson);
}

async function readIndex(
  index: JsonRecord,
  files: ImageFiles,
  readJson: ReadJson,
  depth: number,
): Promise<ArchivedImage[]> {
  const images: ArchivedImage[] = [];
  for (const descriptor of list(index["manifests"]).map(record)) {
    const file = blob(files, descriptor["digest"]);
    if (file === undefined || depth > MAX_NESTED_INDEXES) continue;
    const document = record(await readJson(file));
    if (Array.isArray(document["manifests"])) {
      images.push(...(await readIndex(document, files, readJson, depth + 1)));
      continue;
    }
    const configFile = blob(files, record(document["config"])["digest"]);
    if (configFile === undefined) continue;
    const config = record(await readJson(configFile));
    const layers = list(document["layers"]).flatMap((layer) => blob(files, record(layer)["digest"]) ?? []);
    const stated = platformOf(record(descriptor["platform"])) || platformOf(config);
    images.push({
      platform: stated || `image ${images.length + 1}`,
      config,
      manifest: document,
      layers,
      form: "OCI layout",
    });
  }
  return images;
}

async function readDockerManifest(document: unknown, files: ImageFiles, readJson: ReadJson): Promise<ArchivedImage[]> {
  const images: ArchivedImage[] = [];
  for (const entry of list(document).map(record)) {
    const configFile = findFileIn(files, text(entry["Config"]));
    if (configFile === undefined) continue;
    const config = record(await readJson(configFile));
    const layers = list(entry["Layers"]).flatMap((layer) => findFileIn(files, text(layer)) ?? []);
    const manifest = { RepoTags: entry["RepoTags"] };
    images.push({
      platform: platformOf(config) || `image ${images.length + 1}`,
      config,
      manifest,
      layers,
      form: "docker save",
    });
  }
  return images;
}

function platformOf({ os, architecture, variant }: JsonRecord): string {
  return [os, architecture, variant].filter((part) => typeof part === "string" && part !== "").join("/");
}

function blob(files: ImageFiles, digest: unknown): ImageFile | undefined {
  const [algorithm, hex] = text(digest).split(":");
  return hex === undefined ? undefined : findFileIn(files, `blobs/${algorithm}/${hex}`);
}
