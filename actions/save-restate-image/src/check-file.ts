import { createReadStream, type Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { type CheckedArchive, checkImageArchive } from "@release-actions/oci";
import { Fault, type Reporter } from "@release-actions/report";

/** Large enough that hashing takes more time than reading. */
const CHUNK_BYTES = 1024 * 1024;

export interface CheckedFile extends CheckedArchive {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly modified: number;
}

/** Reads the whole file once. @throws a fault when the archive is not valid */
export async function checkFile(
  path: string,
  { progress, signal }: Pick<Reporter, "progress"> & { readonly signal: AbortSignal },
): Promise<CheckedFile> {
  const found = await requireFile(path);
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    let done = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES, signal })) {
      done += chunk.length;
      progress({ label: "checked", done, total: found.size, unit: "bytes" });
      yield chunk;
    }
  }
  try {
    return { ...(await checkImageArchive(bytes())), path, size: found.size, modified: found.mtimeMs };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const { advice, location = { file: path } } = cause;
    throw new Fault(`${shortPath(path)} is refused: ${cause.message}`, { cause, location, advice });
  }
}

/** Throws if the file changed between the check and the end of the upload; runs `undo` first. */
export async function requireUnchanged(
  { path, size, modified }: CheckedFile,
  undo: () => Promise<void>,
): Promise<void> {
  const now = await stat(path).catch(() => undefined); // A deleted file counts as changed.
  if (now?.size === size && now.mtimeMs === modified) return;
  await undo();
  throw new Fault(`${shortPath(path)} was changed while it was uploaded`, {
    advice: "Save the image after the step that writes it has ended, and nothing else writes to the file.",
  });
}

/** The path as a user would write it: relative to the working directory, if it is below that. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

async function requireFile(path: string): Promise<Stats> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found;
    throw new Fault(
      `${shortPath(path)} is ${found.isDirectory() ? "a folder" : "not a regular file"}, expected the archive of an image`,
    );
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")))
      throw error;
    throw new Fault(`there is no ${shortPath(path)}${await describeNeighbours(path)}`, {
      cause: error,
      advice: "Write it in an earlier step of this job, or point the `path` input to it.",
    });
  }
}

/** Lists the archives in the same folder, in case the name was mistyped. */
async function describeNeighbours(path: string): Promise<string> {
  const names = await readdir(dirname(path)).catch(() => undefined); // The folder does not exist.
  if (names === undefined) return `: there is no folder ${dirname(path)}`;
  const archives = names.filter((name) => /\.(tar|tgz|oci)(\.\w+)?$/.test(name)).sort();
  if (archives.length === 0) return `: there is no archive in ${dirname(path)} at all`;
  return `; ${basename(dirname(path))} has ${archives.slice(0, 5).join(", ")}`;
}
