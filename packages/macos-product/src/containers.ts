import {
  ArchiveError,
  type Compression,
  decompressAny,
  detectFormat,
  FORMAT_BYTES,
  memorySource,
  openZip,
  type RandomAccessSource,
  readZipEntry,
  StreamCursor,
  scanZip,
  TolerantTarReader,
} from "@release-actions/archive";
import { isMacho, isStaticLibrary } from "@release-actions/macho";
import { isBundleFile } from "./bundle-layout.ts";

/** An item in a product. Paths include the archives that contain it: `lib/app.jar/native/libtool.dylib`. */
export type Content =
  | { readonly kind: "binary"; readonly path: string; readonly bytes: Uint8Array }
  /** A file that is needed to check the seal of a bundle: `Info.plist`, `CodeResources`, `embedded.provisionprofile`. */
  | { readonly kind: "bundle-file"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "static-library"; readonly path: string }
  /** An item that may contain programs but was not opened. */
  | { readonly kind: "not-opened"; readonly path: string; readonly reason: string };

/** The size limit for a binary, which is in memory while it is checked. */
export const MAX_BINARY_BYTES = 1 << 30;
/** The limit for nested archives: a jar in a zip in a tar.gz is three levels. Deeper archives are reported and not opened. */
export const MAX_DEPTH = 8;
/** The size limit for a zip inside an archive, which is in memory while it is read. A larger one is reported and not opened. */
export const MAX_NESTED_ZIP_BYTES = 1 << 29;
/** The size limit for a bundle's list of files; real lists have a few MB at most. */
const MAX_BUNDLE_FILE_BYTES = 64 << 20;

export interface Place {
  readonly path: string;
  /** The number of archives that contain it. */
  readonly depth: number;
  readonly signal?: AbortSignal | undefined;
}

type Bytes = AsyncIterable<Uint8Array>;

/** Reads a tar as leniently as tar does. Names and links that lead out of the archive are accepted, since nothing is unpacked. */
export async function* membersOfTar(body: Bytes, place: Place): AsyncGenerator<Content, void, undefined> {
  const reader = new TolerantTarReader(new StreamCursor(body));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind !== "file") continue;
    const path = joined(place.path, member.path);
    // A sparse file may expand a small block to gigabytes of zeros; one in Go's test data has 60 GB.
    if (member.isSparse && member.size > MAX_BINARY_BYTES) {
      const reason = `it is a sparse file of ${member.size} bytes, more than the ${MAX_BINARY_BYTES} that are held`;
      yield { kind: "not-opened", path, reason };
    } else yield* examine(reader.body(), { ...place, path });
  }
}

/**
 * Reads the files of a zip. Links, which bundles contain, are skipped, since their targets are read anyway. A zip whose
 * parts contradict each other is read by its directory, as unzip does, and a `not-opened` item reports this.
 */
export async function* membersOfZip(
  source: RandomAccessSource,
  place: Place,
): AsyncGenerator<Content, void, undefined> {
  const files = await filesOfZip(source, place);
  if (files.doubt !== undefined) yield { kind: "not-opened", path: place.path, reason: files.doubt };
  for (const { name, read } of files.list) {
    const inside = { ...place, path: joined(place.path, name) };
    const body = read();
    if (body !== undefined) yield* examine(body, inside);
    else
      yield { kind: "not-opened", path: inside.path, reason: "it is encrypted, or compressed in a way not known here" };
  }
}

interface FilesOfZip {
  readonly list: readonly { readonly name: string; readonly read: () => Bytes | undefined }[];
  /** What is inconsistent in the zip; undefined if it is consistent. */
  readonly doubt: string | undefined;
}

async function filesOfZip(source: RandomAccessSource, { signal }: Place): Promise<FilesOfZip> {
  try {
    const entries = (await openZip(source, signal, "list")).filter(({ kind, isLink }) => kind === "file" && !isLink);
    const list = entries.map((entry) => ({ name: entry.path, read: () => readZipEntry(source, entry, signal) }));
    return { list, doubt: undefined };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const { entries } = await scanZip(source);
    const files = entries.filter(({ name, isLink }) => !name.endsWith("/") && !isLink);
    const doubt = `other zip readers may see different files in it (${error.message}); it was read by its directory`;
    return { list: files.map(({ name, read }) => ({ name, read })), doubt };
  }
}

/**
 * Examines one file, and its contents if it is an archive. Every file is read to its end, where checksums are verified.
 *
 * @throws ArchiveError when the archive that contains it cannot be read; an unreadable archive inside is only reported
 */
export async function* examine(body: Bytes, place: Place): AsyncGenerator<Content, void, undefined> {
  const { path } = place;
  const cursor = new StreamCursor(body);
  const head = await cursor.take(FORMAT_BYTES);
  cursor.unread(head);
  const whole = restOf(cursor);
  if (isMacho(head)) yield await collected(whole, "binary", path, MAX_BINARY_BYTES);
  else if (isBundleFile(path)) yield await collected(whole, "bundle-file", path, MAX_BUNDLE_FILE_BYTES);
  else if (isStaticLibrary(head)) yield { kind: "static-library", path };
  else if (CONTAINERS.includes(detectFormat(head))) yield* examineContainer(head, whole, place);
  for await (const _ of restOf(cursor));
}

/** Compressions of a single file, often a tar. */
const COMPRESSIONS = ["gzip", "zstd", "xz", "bzip2"] as const satisfies readonly Compression[];
const CONTAINERS: readonly string[] = ["zip", "tar", ...COMPRESSIONS];

export function isCompression(format: string): format is Compression {
  return COMPRESSIONS.some((known) => known === format);
}

async function* examineContainer(
  head: Uint8Array,
  body: Bytes,
  place: Place,
): AsyncGenerator<Content, void, undefined> {
  const { path, depth } = place;
  const inside = { ...place, depth: depth + 1 };
  const format = detectFormat(head);
  const notOpened = (reason: string): Content => ({ kind: "not-opened", path, reason });
  if (depth >= MAX_DEPTH) {
    yield notOpened(`it is nested in ${depth} archives; at most ${MAX_DEPTH} levels are opened`);
    return;
  }
  try {
    if (format === "zip") {
      const zip = await collected(body, "binary", path, MAX_NESTED_ZIP_BYTES);
      if (zip.kind === "binary") yield* membersOfZip(memorySource(zip.bytes), inside);
      else yield zip;
    } else if (format === "tar") yield* membersOfTar(body, inside);
    else if (isCompression(format)) yield* examine(decompressAny(body, format), inside);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    yield notOpened(`it looks like a ${format} archive and cannot be read: ${error.message}`);
  }
}

/** The whole content, or a `not-opened` item if it is too large. */
async function collected(
  body: Bytes,
  kind: "binary" | "bundle-file",
  path: string,
  maxBytes: number,
): Promise<Content> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // The bytes are copied, since a decoder may reuse its buffer.
    if (length <= maxBytes) parts.push(Uint8Array.from(chunk));
    else parts.length = 0;
  }
  if (length <= maxBytes) return { kind, path, bytes: Buffer.concat(parts) };
  return { kind: "not-opened", path, reason: `it has ${length} bytes, more than the ${maxBytes} that are held` };
}

async function* restOf(cursor: StreamCursor): AsyncGenerator<Uint8Array, void, undefined> {
  for (let part = await cursor.some(Infinity); part !== undefined; part = await cursor.some(Infinity)) yield part;
}

function joined(path: string, member: string): string {
  return path === "" ? member : `${path}/${member}`;
}
