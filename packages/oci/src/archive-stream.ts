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

/** What a tar may be wrapped in, all of which engines unwrap themselves. */
export type Wrapping = "none" | Compression;

/** Layers of zeros compress a thousand times, so no ratio tells a bomb; what is unwrapped goes by and is kept nowhere. */
export const NO_RATIO = { maxRatio: Number.POSITIVE_INFINITY } as const;

export interface TarStream {
  readonly wrapping: Wrapping;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1024 * 1024;

/** Unwraps the bytes of an image archive to those of a tar, told by content. */
export async function openTarStream(bytes: AsyncIterable<Uint8Array>): Promise<TarStream> {
  const { format, rest } = await peek(bytes);
  if (format === "tar") return { wrapping: "none", bytes: rest };
  if (!isWrapping(format)) throw notATar(format);
  return { wrapping: format, bytes: requireTar(decompressAny(rest, format, NO_RATIO)) };
}

/** What a file is, where a tar may be older than POSIX and have no magic. */
export function formatOfImage(head: Uint8Array): Format {
  const format = detectFormat(head);
  return format === "unknown" && isTarHeader(head) ? "tar" : format;
}

export function isWrapping(format: Format): format is Compression {
  return ["gzip", "zstd", "xz", "bzip2"].includes(format);
}

/** Whether a file in a zip is what macOS puts beside others by itself. */
export function isCompanion(path: string): boolean {
  return /(^|\/)(__MACOSX\/|\._|\.DS_Store$)/.test(path);
}

/**
 * The one file inside an artifact, whatever that is: a zip, stored or deflated, or the file itself. A zip is
 * only proven sound when its last byte has been asked for: heed the error that may come instead of the end.
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
      for await (const _ of content); // Only who reads it all can read what follows.
      continue;
    }
    files += 1;
    if (files > 1) {
      throw new ImageArchiveError(
        "ambiguous",
        "the artifact's zip holds several files, expected the image archive alone",
      );
    }
    yield* content;
  }
  if (files === 0) throw new ImageArchiveError("not-an-image", "the artifact's zip holds no file");
}

/** What is wrong with a file that is not a tar, for people. */
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
