import path from "node:path";
import {
  decompress,
  decompressXz,
  detectFormat,
  FORMAT_BYTES,
  openFileSource,
  openZip,
  type RandomAccessSource,
  readExactly,
  readZipEntry,
  StreamCursor,
  TarReader,
} from "@release-actions/archive";
import { NpmError, type PackageFile } from "@release-actions/npm";

/** More than any program that the registry takes. */
const MAX_FILE_BYTES = 1024 ** 3;

/**
 * The files of a release archive that are wanted, by path without the folder that cargo-dist puts around
 * everything in a tar, and not in a zip.
 */
export async function readArchive(
  file: string,
  isWanted: (path: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PackageFile>> {
  const name = path.basename(file);
  const around = `${name.replace(/\.(tar\.\w+|tgz|txz|tar|zip)$/, "")}/`;
  const files = new Map<string, PackageFile>();
  const take = async (member: Member): Promise<void> => {
    const inside = member.path.startsWith(around) ? member.path.slice(around.length) : member.path;
    if (!isWanted(inside)) return;
    if (member.size > MAX_FILE_BYTES) throw new NpmError(`${inside} of ${name} has ${member.size} bytes`);
    files.set(inside, { content: await collect(member.body()), executable: member.executable });
  };
  const source = await openFileSource(file);
  try {
    for await (const member of membersOf(source, name, signal)) await take(member);
  } finally {
    await source.close();
  }
  return files;
}

interface Member {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
  readonly body: () => AsyncIterable<Uint8Array>;
}

async function* membersOf(source: RandomAccessSource, name: string, signal: AbortSignal): AsyncGenerator<Member> {
  const format = detectFormat(await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size)));
  if (format === "zip") {
    for (const entry of await openZip(source, signal)) {
      const { path, size } = entry;
      if (!path.endsWith("/")) yield { path, size, executable: false, body: () => readZipEntry(source, entry, signal) };
    }
    return;
  }
  const bytes = source.read(0, source.size, signal);
  const reader = new TarReader(new StreamCursor(unpacked(bytes, format, name)));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind !== "file") continue;
    const { path, size, mode } = member;
    yield { path, size, executable: (mode & 0o111) !== 0, body: () => reader.body() };
  }
}

function unpacked(
  bytes: AsyncIterable<Uint8Array>,
  format: string | undefined,
  name: string,
): AsyncIterable<Uint8Array> {
  if (format === "gzip" || format === "zstd") return decompress(bytes, format);
  if (format === "xz") return decompressXz(bytes);
  if (format === "tar") return bytes;
  throw new NpmError(`${name} is no archive that can be read, expected .tar.gz, .tar.xz, .tar.zst or .zip`);
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
