import { createWriteStream } from "node:fs";
import { chmod, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import {
  decompress,
  decompressXz,
  detectFormat,
  type FileSource,
  FORMAT_BYTES,
  openFileSource,
  openZip,
  readExactly,
  readZipEntry,
  StreamCursor,
  TarReader,
} from "@release-actions/archive";
import { Fault } from "@release-actions/report";

/** Thrown for a release archive with forbidden content, or for a file that is not an archive. */
export class ReleaseArchiveError extends Fault {
  override readonly name = "ReleaseArchiveError";
}

interface File {
  readonly path: string;
  /** Permission bits; undefined when the archive does not record them. */
  readonly mode: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Unpacks a release archive of cargo-dist (a zip, or a tar compressed with xz, gzip or zstd) into an empty folder. It
 * may contain only regular files, executable or not.
 *
 * @returns the folder with the files: the archive's top folder if it has exactly one, else `folder`
 * @throws ReleaseArchiveError when the archive contains anything else, or the file is not an archive
 */
export async function unpackArchive(file: string, folder: string, signal?: AbortSignal): Promise<string> {
  const source = await openFileSource(file);
  try {
    for await (const { path: inside, mode = 0, content } of readFiles(source, path.basename(file), signal)) {
      const place = path.join(folder, inside);
      await mkdir(path.dirname(place), { recursive: true });
      await pipeline(content, createWriteStream(place, { flags: "wx" }), signal === undefined ? {} : { signal });
      // The mode is set separately, because the umask would change a mode that is given when the file is created.
      await chmod(place, (mode & 0o111) === 0 ? 0o644 : 0o755);
    }
  } finally {
    await source.close();
  }
  const [first, ...others] = await readdir(folder, { withFileTypes: true });
  if (first === undefined) throw new ReleaseArchiveError(`${path.basename(file)} holds no file`);
  return first.isDirectory() && others.length === 0 ? path.join(folder, first.name) : folder;
}

async function* readFiles(source: FileSource, name: string, signal?: AbortSignal): AsyncGenerator<File> {
  const format = detectFormat(await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size), signal));
  if (format === "zip") {
    for (const entry of await openZip(source, signal)) {
      if (entry.kind === "file") yield { ...entry, content: readZipEntry(source, entry, signal) };
    }
    return;
  }
  const bytes = source.read(0, source.size, signal);
  if (format === "xz") yield* readTar(decompressXz(bytes), name);
  else if (format === "gzip" || format === "zstd") yield* readTar(decompress(bytes, format), name);
  else if (format === "tar") yield* readTar(bytes, name);
  else throw new ReleaseArchiveError(`${name} is neither a zip nor a tar`);
}

async function* readTar(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<File> {
  const reader = new TarReader(new StreamCursor(bytes));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind === "file") yield { ...member, content: reader.body() };
    else if (member.kind !== "directory") throw new ReleaseArchiveError(`${name} holds a link, ${member.path}`);
  }
}
