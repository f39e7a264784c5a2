import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { StreamCursor } from "./cursor.ts";
import { decompress } from "./decompress.ts";
import { memorySource } from "./source.ts";
import { TarReader } from "./tar-reader.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar-writer.ts";

/** The tenth byte of a gzip header is the operating system that created it (RFC 1952, section 2.3.1). */
const GZIP_OS_BYTE = 9;
const GZIP_OS_UNKNOWN = 255;

/** A file of an archive that is in memory, such as a file of a package. */
export interface PackedFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Default 0644. */
  readonly mode?: number;
}

/** The limits for reading an archive of plain files, with the caller's errors. */
export interface PackedLimits {
  readonly maxBytes: number;
  readonly tooLarge: () => Error;
  readonly isLink: (path: string) => Error;
}

/**
 * Packs files in the given order. Times and owners are fixed, and the operating system is set to "unknown".
 *
 * @param level of zlib, 1 to 9. The same files and level give the same bytes with the same zlib.
 */
export async function packTarGzip(files: readonly PackedFile[], level = 9): Promise<Uint8Array> {
  const members = files.flatMap(({ content, ...file }) => [
    tarHeader({ kind: "file", size: content.length, ...file }),
    content,
    tarPadding(content.length),
  ]);
  const bytes = await promisify(gzip)(Buffer.concat([...members, TAR_END]), { level });
  bytes[GZIP_OS_BYTE] = GZIP_OS_UNKNOWN;
  return bytes;
}

/** Reads the files of an archive in their order, from any packing program. Folders are skipped. */
export async function* readTarGzip(bytes: Uint8Array, limits: PackedLimits): AsyncGenerator<Required<PackedFile>> {
  const reader = new TarReader(new StreamCursor(decompress(memorySource(bytes).read(0, bytes.length), "gzip")));
  let total = 0;
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind === "directory") continue;
    if (member.kind !== "file") throw limits.isLink(member.path);
    total += member.size;
    if (total > limits.maxBytes) throw limits.tooLarge();
    const body: Uint8Array[] = [];
    for await (const chunk of reader.body()) body.push(chunk);
    yield { path: member.path, content: Buffer.concat(body), mode: member.mode };
  }
}
