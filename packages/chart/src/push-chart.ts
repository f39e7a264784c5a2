import { decodeJson, listOf, object, text } from "@release-actions/json";
import { type Digest, digestOf, parseDigest } from "@release-actions/oci";
import type { Registry, RegistryDocument } from "@release-actions/registry-client";
import type { Reporter } from "@release-actions/report";
import { manifestAnnotations } from "./annotations.ts";
import { ChartError } from "./chart-file.ts";
import { type ChartPackage, readPackage } from "./chart-package.ts";

/** Media types of helm.sh's "OCI Registries" (Helm Improvement Proposal 6). */
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** The limit for a compressed chart. Charts are text, so real ones are far smaller. */
const MAX_PACKAGE_BYTES = 100 * 1024 * 1024;

const manifestLayers = object({ layers: listOf(object({ mediaType: text, digest: text })) });

/**
 * The chart that a registry has under a tag; undefined when there is none.
 *
 * @throws ChartError if the tag is not that of a chart
 */
export async function existingChart(
  registry: Registry,
  repository: string,
  tag: string,
): Promise<{ readonly digest: Digest; readonly content: ChartPackage } | undefined> {
  const manifest = await registry.manifest(repository, tag);
  if (manifest === undefined) return undefined;
  const source = `${repository}:${tag}`;
  const { layers } = decodeJson(manifest.bytes, manifestLayers, { source, maxBytes: MAX_MANIFEST_BYTES });
  const layer = layers.find(({ mediaType }) => mediaType === CONTENT);
  const digest = layer && parseDigest(layer.digest);
  if (digest === undefined) throw new ChartError(`${source} exists, but is not a chart`);
  const bytes = await registry.blob(repository, digest, MAX_PACKAGE_BYTES);
  return { digest: manifest.digest, content: await readPackage(bytes, source) };
}

export interface PushOptions {
  /** The time of the sources, in seconds since 1970, for the annotation. */
  readonly created: number | undefined;
  /** The `.prov` file that signs exactly this package (helm.sh, "Helm Provenance and Integrity"). */
  readonly provenance: Uint8Array | undefined;
  readonly reporter: Reporter;
}

/** Pushes a chart as Helm does, the tag last, and reads it back. The same package gives the same digest. */
export async function pushChart(
  registry: Registry,
  repository: string,
  tag: string,
  content: ChartPackage,
  { created, provenance, reporter }: PushOptions,
): Promise<Digest> {
  const config = Buffer.from(JSON.stringify(content.chart.metadata));
  const manifest = manifestOf(content, config, created, provenance);
  for (const bytes of [config, content.bytes, ...(provenance === undefined ? [] : [provenance])]) {
    await registry.pushBlob(repository, { digest: digestOf(bytes), size: bytes.length, read: () => once(bytes) });
  }
  // First pushed by digest, which is not visible under any tag. GHCR answers 403 instead of 404 for a package that was
  // never pushed, so the tag can be read only after this push.
  await registry.pushManifest(repository, manifest.digest, manifest);
  const before = await registry.manifest(repository, tag);
  if (before !== undefined && before.digest !== manifest.digest) throw overtaken(repository, tag, manifest, before);
  reporter.info(`pushing the tag ${tag} of ${repository}`);
  await registry.pushManifest(repository, tag, manifest);
  await registry.readBack(repository, tag, manifest.digest);
  const there = await existingChart(registry, repository, tag);
  if (there?.digest === manifest.digest && there.content.digest === content.digest) return manifest.digest;
  throw overtaken(repository, tag, manifest, there);
}

function overtaken(
  repository: string,
  tag: string,
  { digest }: RegistryDocument,
  there: { readonly digest: Digest } | undefined,
): ChartError {
  return new ChartError(`${repository}:${tag} should be ${digest}, but is ${there?.digest ?? "nothing"}`, {
    advice: "Another job pushed at the same time: publish a chart from one job only.",
  });
}

/** The manifest leaves out the time of the push, which Helm would record: two pushes of one chart would get different digests. */
function manifestOf(
  { chart, bytes, digest }: ChartPackage,
  config: Uint8Array,
  created: number | undefined,
  provenance: Uint8Array | undefined,
): RegistryDocument {
  const signature =
    provenance === undefined ? [] : [{ mediaType: PROVENANCE, digest: digestOf(provenance), size: provenance.length }];
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: CONTENT, digest, size: bytes.length }, ...signature],
    annotations: manifestAnnotations(chart.metadata, created),
  };
  const document = Buffer.from(JSON.stringify(manifest));
  return { mediaType: MANIFEST, digest: digestOf(document), bytes: document };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
