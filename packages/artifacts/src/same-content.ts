import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { ArchiveError, openZip, readZipEntry } from "@release-actions/archive";
import type { Transport } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import type { ArtifactLocation } from "./location.ts";
import { openArtifact } from "./open-artifact.ts";

/**
 * Whether an artifact has exactly this file, raw or as the only entry of its zip. The digest of a zip is not enough,
 * because it also depends on the file's time stamp.
 */
export async function holdsFile(
  location: ArtifactLocation,
  file: string,
  options: { readonly transport: Transport; readonly reporter: Reporter; readonly signal?: AbortSignal },
): Promise<boolean> {
  const { size } = await stat(file);
  const ours = await sha256(createReadStream(file));
  if (location.size === size && location.digest !== undefined) return location.digest === `sha256:${ours}`;
  if (location.size < size) return false;
  const artifact = await openArtifact(location, options);
  if (artifact.kind === "sequential") return false;
  try {
    const [entry, ...others] = await openZip(artifact.source, options.signal);
    if (entry === undefined || others.length > 0) return false;
    if (entry.size !== size || path.posix.basename(entry.path) !== path.basename(file)) return false;
    return (await sha256(readZipEntry(artifact.source, entry, options.signal))) === ours;
  } catch (error) {
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

async function sha256(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest("hex");
}
