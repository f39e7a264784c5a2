import { stat } from "node:fs/promises";
import path from "node:path";
import {
  openFileSource,
  type PrefetchingSource,
  type RandomAccessSource,
  WindowedSource,
} from "@release-actions/archive";
import type { Transport } from "@release-actions/http";
import { type Digest, formatPlatform, indexImageArchive, locateTar } from "@release-actions/oci";
import type { BlobUpload, RegistryDocument } from "@release-actions/registry-client";
import { ImagePublishError } from "./logins.ts";
import type { PublishRunner } from "./publish-runner.ts";

/** An image as a registry takes it. */
export interface PushableImage {
  readonly root: RegistryDocument;
  readonly platforms: readonly string[];
  readonly blobs: readonly BlobUpload[];
  /** What the root consists of, each after those it refers to; without the root. */
  readonly documents: readonly RegistryDocument[];
}

/** Indexes the archive; its layers are read when they are pushed, and never twice for one registry. */
export async function openImage(
  runner: PublishRunner,
  workspace: string,
  transport: Transport,
): Promise<PushableImage> {
  const { source: label } = runner.inputs;
  const file = path.resolve(workspace, label);
  const isFile = (await stat(file).catch(() => undefined))?.isFile() === true;
  const bytes = isFile ? await openFile(runner, file) : await openArtifactSource(runner, label, transport);
  const located = await locateTar(new WindowedSource(bytes), runner.signal);
  if (located.kind === "sequential") {
    throw new ImagePublishError(`${label} can only be read from front to back: ${located.why}`, {
      advice: "Leave the archive uncompressed, as `save-restate-image` does.",
    });
  }
  return readImage(label, located.source, runner.signal);
}

async function readImage(label: string, source: PrefetchingSource, signal: AbortSignal): Promise<PushableImage> {
  const { archive, blobs } = await indexImageArchive(source, signal);
  const { root, images, absentPlatforms } = archive;
  if (root === undefined)
    throw new ImagePublishError(`${label} has compressed layers without digests: save it as an OCI archive`);
  const missing = images.flatMap((image) => image.missing);
  if (missing.length > 0 || absentPlatforms.length > 0) {
    const lost = [...missing, ...absentPlatforms.map(formatPlatform)];
    throw new ImagePublishError(`${label} lacks parts of its image: ${lost.join(", ")}`, {
      advice: "Build all platforms into one archive.",
    });
  }
  const others = [...archive.documents.values()].filter(({ digest }) => digest !== root.digest);
  const isIndex = ({ mediaType }: RegistryDocument): boolean => /index|manifest\.list/.test(mediaType);
  const isDocument = (digest: Digest): boolean => digest === root.digest || archive.documents.has(digest);
  return {
    root,
    platforms: images.map(({ platform }) => formatPlatform(platform)),
    blobs: [...blobs]
      .filter(([digest]) => !isDocument(digest))
      .map(([digest, { offset, size }]) => ({ digest, size, read: () => source.read(offset, size, signal) })),
    documents: [...others.filter((it) => !isIndex(it)), ...others.filter(isIndex)],
  };
}

async function openFile(runner: PublishRunner, file: string): Promise<RandomAccessSource> {
  const source = await openFileSource(file);
  runner.onExit(() => source.close());
  return source;
}

async function openArtifactSource(
  runner: PublishRunner,
  name: string,
  transport: Transport,
): Promise<RandomAccessSource> {
  const { env, signal } = runner;
  const [url, token] = [env["ACTIONS_RESULTS_URL"] ?? "", env["ACTIONS_RUNTIME_TOKEN"] ?? ""];
  if (url === "" || token === "") {
    throw new ImagePublishError(`${name} is no file, and the artifacts of this run cannot be reached`);
  }
  const { createResultsService, findInCurrentRun, openArtifact } = await import("@release-actions/artifacts");
  const location = await findInCurrentRun(createResultsService({ url, token, transport }), name, signal);
  const opened = await openArtifact(location, { transport, reporter: runner, signal });
  if (opened.kind === "ranged") return opened.source;
  throw new ImagePublishError(`the storage of the artifact ${name} serves no ranges`, {
    advice: "Download it in a step before, and give its path as `source`.",
  });
}
