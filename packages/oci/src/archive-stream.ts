import {
  type Compression,
  decompressAny,
  detectFormat,
  FORMAT_BYTES,
  type Format,
  isTarHeader,
  readZipStream,
  StreamCursor,
} from "@release-actions/archive";
import { ImageArchiveError } from "./error.ts";

/** How a whole tar may be compressed. Engines decompress each of these themselves. */
export type Wrapping = "none" | Compression;

/** No limit on the ratio: honest layers of zeros compress to a thousandth, and the decompressed bytes are streamed, never stored. */
export const NO_RATIO = { maxRatio: Number.POSITIVE_INFINITY } as const;

/** A plain tar, and how it was compressed. */
export interface TarStream {
  readonly wrapping: Wrapping;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1024 * 1024;

/** Decompresses an image archive to a plain tar. The compression is detected from the content. */
export async function openTarStream(bytes: AsyncIterable<Uint8Array>): Promise<TarStream> {
  const { format, rest } = await peek(bytes);
  if (format === "tar") return { wrapping: "none", bytes: rest };
  if (!isWrapping(format)) throw notATar(format);
  return { wrapping: format, bytes: requireTar(decompressAny(rest, format, NO_RATIO)) };
}

/** The format of a file. A tar older than POSIX, which has no magic number, is recognised too. */
export function formatOfImage(head: Uint8Array): Format {
  const format = detectFormat(head);
  return format === "unknown" && isTarHeader(head) ? "tar" : format;
}

export function isWrapping(format: Format): format is Compression {
  return ["gzip", "zstd", "xz", "bzip2"].includes(format);
}

/** Whether a file in a zip is metadata that macOS adds by itself. */
export function isCompanion(path: string): boolean {
  return /(^|\/)(__MACOSX\/|\._|\.DS_Store$)/.test(path);
}

/**
 * The content of the one file in an artifact. The artifact may be a zip (stored or deflated) or the file itself. A zip
 * is only known to be intact after the last byte was read: an error may be thrown instead of the end.
 */
export async function* artifactContent(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { format, rest } = await peek(bytes);
  if (format !== "zip") {
    yield* rest;
    return;
  }
  let files = 0;
  for await (const { kind, path, content } of readZipStream(rest)) {
    if (kind === "directory") continue;
    if (isCompanion(path)) {
      for await (const _ of content); // The next file can be read only after this one was read to its end.
      continue;
    }
    files += 1;
    if (files > 1) {
      throw new ImageArchiveError(
        "ambiguous",
        "the artifact's zip holds several files, expected only the image archive",
      );
    }
    yield* content;
  }
  if (files === 0) throw new ImageArchiveError("not-an-image", "the artifact's zip holds no file");
}

/** The error for a file that is not a tar; it names the format that was found. */
export function notATar(format: Format): ImageArchiveError {
  const found: Readonly<Record<Format, string>> = {
    tar: "a tar",
    gzip: "gzip data with no tar in it",
    zstd: "zstd data with no tar in it",
    zip: "a zip",
    xz: "xz data with no tar in it",
    bzip2: "bzip2 data with no tar in it",
    html: "a web page",
    json: "JSON",
    empty: "an empty file",
    unknown: "of no known format",
  };
  return new ImageArchiveError("not-an-image", `it is ${found[format]}, expected a tar of an image`, {
    advice:
      "Write the archive with `docker buildx build --output type=oci,dest=<file>` or with `docker save --output <file>`.",
  });
}

async function* requireTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { format, rest } = await peek(bytes);
  if (format !== "tar") throw notATar(format);
  yield* rest;
}

async function peek(bytes: AsyncIterable<Uint8Array>): Promise<{ format: Format; rest: AsyncIterable<Uint8Array> }> {
  const cursor = new StreamCursor(bytes);
  const head = await cursor.take(FORMAT_BYTES);
  cursor.unread(head);
  return { format: formatOfImage(head), rest: drain(cursor) };
}

async function* drain(cursor: StreamCursor): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = await cursor.some(CHUNK_BYTES); chunk !== undefined; chunk = await cursor.some(CHUNK_BYTES)) {
      yield chunk;
    }
  } finally {
    await cursor.close();
  }
}
