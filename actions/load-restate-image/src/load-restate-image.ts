import { ArchiveError } from "@release-actions/archive";
import {
  type ArtifactLocation,
  DigestMismatchError,
  MissingArtifactError,
  openArtifact,
} from "@release-actions/artifacts";
import type { CommandRunner } from "@release-actions/command";
import { allOrStop } from "@release-actions/concurrency";
import type { Engine } from "@release-actions/docker";
import {
  type ArchiveContent,
  bringIn,
  findInEngine,
  requireExpected,
  tagUsable,
  type Via,
} from "@release-actions/image-transfer";
import { ImageArchiveError, openImageFile } from "@release-actions/oci";
import { formatPlatform } from "@release-actions/platform";

import { type FoundArtifact, findArtifact, type Job } from "./find-artifact.ts";
import type { Inputs, Place } from "./inputs.ts";
import { pullFromRegistry } from "./pull-from-registry.ts";

/** What was loaded, and how. Byte counts are of the data from the network or the file. */
export interface Loaded {
  readonly imageId: string;
  /** The digest in the archive; for a pulled image, that in the registry; else the expected one. */
  readonly digest: string;
  readonly platform: string;
  /** Undefined when the engine already had the expected image, so that no place was searched. */
  readonly place: Place["kind"] | undefined;
  /** Undefined when the engine had the image, or pulled it from its registry. */
  readonly via: Via | undefined;
  readonly artifact: FoundArtifact | undefined;
  readonly fetched: number;
  readonly total: number;
  readonly cacheHit: boolean;
}

export type LoadJob = Job & { readonly run: CommandRunner };

/** Loads the image into the engine from the first place that has it, and tags it. Connecting runs at the same time. */
export async function loadImage(connecting: Promise<Engine>, inputs: Inputs, job: LoadJob): Promise<Loaded> {
  const { tags, expectedDigest } = inputs;
  if (expectedDigest !== undefined) {
    const engine = await connecting;
    const { platform = engine.platform } = inputs;
    const present = await findInEngine(engine, expectedDigest, platform, job.signal);
    if (present !== undefined) {
      job.reporter.info(`the engine already has the expected image: ${present.id}`);
      await verify(expectedDigest, inputs, job);
      await tagUsable(engine, present.id, tags, job.signal);
      const nothing = { place: undefined, via: undefined, artifact: undefined, fetched: 0, total: 0 } as const;
      return {
        ...nothing,
        imageId: present.id,
        digest: expectedDigest,
        platform: formatPlatform(platform),
        cacheHit: true,
      };
    }
  }
  const misses: MissingArtifactError[] = [];
  for (const [index, place] of inputs.places.entries()) {
    try {
      // Wait only at the last place whose artifact may still be produced. The places before it are checked once.
      const wait = !inputs.places.slice(index + 1).some(({ kind }) => kind === "commit");
      return await loadFrom(place, connecting, inputs, { ...job, wait });
    } catch (error) {
      if (!(error instanceof MissingArtifactError)) throw error;
      misses.push(error);
      if (index < inputs.places.length - 1)
        job.reporter.info(`the source \`${place.kind}\` does not have the image: ${error.message}`);
    }
  }
  throw summarize(misses);
}

async function loadFrom(
  place: Place,
  connecting: Promise<Engine>,
  inputs: Inputs,
  job: LoadJob & { readonly wait: boolean },
): Promise<Loaded> {
  switch (place.kind) {
    case "file":
      return await loadFile(place.file, await connecting, inputs, job);
    case "registry":
      return await loadFromRegistry(place.reference, await connecting, inputs, job);
    case "run":
    case "commit": {
      const finding = (signal: AbortSignal): Promise<FoundArtifact> => findArtifact(place, inputs, { ...job, signal });
      const [artifact, engine] = await allOrStop(job.signal, finding, () => connecting);
      return { ...(await loadArtifact(artifact.location, engine, inputs, job)), place: place.kind, artifact };
    }
  }
}

type FromArchive = Omit<Loaded, "place" | "artifact">;

/** Reads a damaged artifact a second time: this distinguishes damage in transit from damage in the storage. */
async function loadArtifact(
  location: ArtifactLocation,
  engine: Engine,
  inputs: Inputs,
  job: LoadJob,
): Promise<FromArchive> {
  let streamed = false;
  const onStream = (): void => {
    streamed = true;
  };
  try {
    return await readArtifact(location, engine, inputs, { ...job, onStream });
  } catch (error) {
    // containerd keeps the part of a damaged blob that it received, and would continue from there.
    const isKept = streamed && engine.containerdStore;
    if (!(error instanceof Error && mayBeDamage(error)) || isKept) throw error;
    const message = `${error.message}: the artifact is read again, because it may have been damaged in transit`;
    job.reporter.problem({ level: "warning", message });
    return await readArtifact(location, engine, inputs, { ...job, onStream });
  }
}

/** Whether changed bytes could have caused this error. */
function mayBeDamage(error: Error): boolean {
  if (error instanceof ArchiveError) return ["cut", "disagreement", "malformed"].includes(error.problem);
  if (error instanceof ImageArchiveError) return error.problem === "mismatch";
  return error instanceof DigestMismatchError;
}

async function readArtifact(
  location: ArtifactLocation,
  engine: Engine,
  inputs: Inputs,
  job: LoadJob & { readonly onStream: () => void },
): Promise<FromArchive> {
  const opened = await openArtifact(location, job);
  const content: ArchiveContent = {
    label: `the artifact ${location.name}`,
    source: opened.kind === "ranged" ? opened.source : undefined,
    stream: (signal) => {
      job.onStream();
      return opened.stream(signal);
    },
  };
  const total = opened.kind === "ranged" ? opened.source.size : (opened.size ?? location.size);
  return { ...(await loadContent(content, engine, inputs, job)), fetched: opened.distinct(), total };
}

async function loadFile(file: string, engine: Engine, inputs: Inputs, job: LoadJob): Promise<Loaded> {
  const source = await openImageFile(file);
  try {
    const stream = (signal: AbortSignal): AsyncIterable<Uint8Array> => source.read(0, source.size, signal);
    const loaded = await loadContent({ label: file, source, stream }, engine, inputs, job);
    return {
      ...loaded,
      place: "file",
      artifact: undefined,
      fetched: loaded.cacheHit ? 0 : source.size,
      total: source.size,
    };
  } finally {
    await source.close();
  }
}

async function loadContent(content: ArchiveContent, engine: Engine, inputs: Inputs, job: LoadJob) {
  const { tags, via, image, expectedDigest, platform = engine.platform } = inputs;
  const { reporter, signal } = job;
  const check = (digest: string): Promise<void> => verify(digest, inputs, job);
  const brought = await bringIn(engine, {
    content,
    platform,
    tags,
    via,
    image,
    expectedDigest,
    reporter,
    signal,
    tempFolder: job.env["RUNNER_TEMP"] || undefined,
    verify: check,
  });
  return {
    imageId: brought.id,
    digest: brought.digest,
    platform: formatPlatform(brought.platform),
    via: brought.via,
    cacheHit: brought.via === undefined,
  };
}

async function loadFromRegistry(reference: string, engine: Engine, inputs: Inputs, job: LoadJob): Promise<Loaded> {
  const image = await pullFromRegistry(engine, reference, inputs, job);
  const [digest = image.id] = image.repoDigests.map((name) => name.slice(name.indexOf("@") + 1));
  requireExpected(reference, [digest, image.id], inputs.expectedDigest);
  await verify(digest, inputs, job);
  await tagUsable(engine, image.id, inputs.tags, job.signal);
  return {
    imageId: image.id,
    digest,
    platform: formatPlatform(image.platform),
    place: "registry",
    via: undefined,
    artifact: undefined,
    fetched: image.size,
    total: image.size,
    cacheHit: false,
  };
}

/** Loads the verifier only when an attestation is required. */
async function verify(digest: string, inputs: Inputs, job: LoadJob): Promise<void> {
  if (inputs.attestation === undefined) return;
  const { verifyAttestation } = await import("./verify-attestation.ts");
  await verifyAttestation(digest, inputs, job);
}

/** A single miss is reported as it is; several become a list with the advice of the last. */
function summarize(misses: readonly MissingArtifactError[]): MissingArtifactError {
  const last = misses.at(-1);
  if (last === undefined) throw new Error("the inputs name no source");
  if (misses.length === 1) return last;
  const message = `no source has the image:\n${misses.map((miss) => `- ${miss.message}`).join("\n")}`;
  return new MissingArtifactError(message, last.advice === undefined ? {} : { advice: last.advice });
}
