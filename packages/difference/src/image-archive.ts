import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { findFileIn, type ImageFiles, listFiles } from "./image-files.ts";
import { type JsonRecord, list, record, text } from "./json-value.ts";

/** An image in an archive: its configuration and its layers, base layer first. */
export interface ArchivedImage {
  /** The platform, such as `linux/arm64/v8`, or the number of the image if no platform is given. */
  readonly name: string;
  readonly config: JsonRecord;
  readonly manifest: JsonRecord;
  readonly layers: readonly RandomAccessSource[];
  /** Which archive it was read from. */
  readonly form: "OCI layout" | "docker save";
}

const MAX_NESTED_INDEXES = 4;
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/**
 * Reads the images of a tar in either form (OCI image-layout and image index; Docker's `manifest.json`); empty for
 * other tars. Images whose blobs are missing are skipped, since an index may name platforms that the archive does not
 * contain.
 */
export async function readImages(tar: RandomAccessSource, signal?: AbortSignal): Promise<ArchivedImage[]> {
  const files = await listFiles(tar, signal);
  const [index, manifest] = [files.get("index.json"), files.get("manifest.json")];
  if (index !== undefined && (files.has("oci-layout") || manifest !== undefined)) {
    const images = await readIndex(record(await readJson(index)), files, 0);
    if (images.length > 0) return images;
  }
  return manifest === undefined ? [] : await readDockerManifest(await readJson(manifest), files);
}

async function readJson(source: RandomAccessSource): Promise<unknown> {
  if (source.size > MAX_DOCUMENT_BYTES) return undefined;
  try {
    return JSON.parse(Buffer.from(await readExactly(source, 0, source.size)).toString("utf8"));
  } catch {
    return undefined; // Not JSON: the blob is compared as a file.
  }
}

async function readIndex(index: JsonRecord, files: ImageFiles, depth: number): Promise<ArchivedImage[]> {
  const images: ArchivedImage[] = [];
  for (const descriptor of list(index["manifests"]).map(record)) {
    const file = blob(files, descriptor["digest"]);
    if (file === undefined || depth > MAX_NESTED_INDEXES) continue;
    const manifest = record(await readJson(file));
    if (Array.isArray(manifest["manifests"])) {
      images.push(...(await readIndex(manifest, files, depth + 1)));
      continue;
    }
    const configFile = blob(files, record(manifest["config"])["digest"]);
    if (configFile === undefined) continue;
    const config = record(await readJson(configFile));
    const layers = list(manifest["layers"]).flatMap((layer) => blob(files, record(layer)["digest"]) ?? []);
    const stated = platformOf(record(descriptor["platform"])) || platformOf(config);
    images.push({ name: stated || `image ${images.length + 1}`, config, manifest, layers, form: "OCI layout" });
  }
  return images;
}

async function readDockerManifest(document: unknown, files: ImageFiles): Promise<ArchivedImage[]> {
  const images: ArchivedImage[] = [];
  for (const entry of list(document).map(record)) {
    const configFile = findFileIn(files, text(entry["Config"]));
    if (configFile === undefined) continue;
    const config = record(await readJson(configFile));
    const layers = list(entry["Layers"]).flatMap((layer) => findFileIn(files, text(layer)) ?? []);
    const manifest = { RepoTags: entry["RepoTags"] };
    const name = platformOf(config) || `image ${images.length + 1}`;
    images.push({ name, config, manifest, layers, form: "docker save" });
  }
  return images;
}

function platformOf({ os, architecture, variant }: JsonRecord): string {
  return [os, architecture, variant].filter((part) => typeof part === "string" && part !== "").join("/");
}

function blob(files: ImageFiles, digest: unknown): RandomAccessSource | undefined {
  const [algorithm, hex] = text(digest).split(":");
  return hex === undefined ? undefined : findFileIn(files, `blobs/${algorithm}/${hex}`);
}
