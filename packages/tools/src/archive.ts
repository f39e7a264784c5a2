import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { decompress, StreamCursor, TarReader } from "@release-actions/archive";
import type { PinnedTool } from "./pinned.ts";
import { programName } from "./program.ts";
import { type Installation, ToolError, type ToolServices } from "./services.ts";

/**
 * Unpacks the program of a release archive. Returns false when no archive is pinned for the
 * version and platform, or it cannot be downloaded. @throws ToolError when its digest is not the pinned one
 */
export async function installArchive(
  { pin, version, folder }: Installation,
  { platform, toolCache, reporter }: ToolServices,
): Promise<boolean> {
  const target = pin.archive?.targets[platform];
  const sha256 = pin.archive?.sha256[`${version}/${target}`];
  if (pin.archive === undefined || target === undefined || sha256 === undefined) return false;
  const url = archiveUrl(pin.archive.url, version, target);
  const file = `${folder}.tar.gz`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await toolCache.download(url, file);
  } catch (error) {
    reporter.info(`${url} cannot be downloaded: ${error instanceof Error ? error.message : error}`);
    return false;
  }
  try {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    const found = hash.digest("hex");
    if (found !== sha256) {
      throw new ToolError(`${url} has SHA-256 ${found}, expected ${sha256}`, {
        advice: "Do not use it: the release or the download was changed after the digest was pinned.",
      });
    }
    await extractProgram(file, pin, folder);
  } finally {
    await rm(file, { force: true });
  }
  return true;
}

/** Fills in the version and target of an archive's URL. */
export function archiveUrl(template: string, version: string, target: string): string {
  return template.replaceAll("{version}", version).replaceAll("{target}", target);
}

/** Extracts the file with the program's name from any folder of the archive. */
async function extractProgram(file: string, pin: PinnedTool, folder: string): Promise<void> {
  const program = programName(pin);
  const reader = new TarReader(new StreamCursor(decompress(createReadStream(file), "gzip")));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind !== "file" || path.posix.basename(member.path) !== program) continue;
    await mkdir(path.join(folder, "bin"), { recursive: true });
    await pipeline(reader.body(), createWriteStream(path.join(folder, "bin", program), { mode: 0o755 }));
    return;
  }
  throw new ToolError(`the release archive of ${pin.name} has no file named ${program}`);
}
