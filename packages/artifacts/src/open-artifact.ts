import type { RandomAccessSource } from "@release-actions/archive";
import { DEFAULT_PATIENCE, type Patience, type Transport } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import { Blob, DEFAULT_PACE, NoRangesError, type Pace } from "./blob.ts";
import { fetchRange } from "./fetch-range.ts";
import type { ArtifactLocation } from "./location.ts";
import { streamWhole } from "./plain-stream.ts";
import { type Cached, createRangedSource, PARTS } from "./ranged-source.ts";
import { verified } from "./verify.ts";

/**
 * The parts that are read on opening. The front shows the format, and has the first headers, which saves a round trip.
 * The back has a zip's directory and a tar's last members.
 */
const FRONT_BYTES = 40 * 1024;
/** The back is read in parallel pieces. With the front, they open a connection for each part of the layers. */
const BACK_PIECES = PARTS - 1;
const BACK_PIECE_BYTES = 24 * 1024;
const BACK_BYTES = BACK_PIECES * BACK_PIECE_BYTES;

export interface OpenOptions {
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly patience?: Patience;
  readonly pace?: Pace;
  readonly signal?: AbortSignal;
  /** Whether to prevent needless garbage collection during the download (heap-relief.ts). Default true. */
  readonly heapRelief?: boolean;
}

/** An artifact that can be read without writing it to disk. */
export type OpenArtifact = {
  readonly location: ArtifactLocation;
  /** The number of bytes received over the network so far. */
  readonly fetched: () => number;
  /** The number of distinct bytes of the artifact received so far. */
  readonly distinct: () => number;
  /**
   * Streams the whole artifact in order, as fast as the server allows; each call starts from the beginning.
   *
   * @throws DigestMismatchError at the end, when the digest differs from the listing's
   */
  readonly stream: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
} & (
  | { readonly kind: "ranged"; readonly source: RandomAccessSource }
  /** The server knows no ranges; `size` may be unknown until the end. */
  | { readonly kind: "sequential"; readonly size: number | undefined }
);

/** Opens an artifact, and finds out whether the server supports ranges: only then are reads parallel. */
export async function openArtifact(location: ArtifactLocation, options: OpenOptions): Promise<OpenArtifact> {
  const { transport, reporter, patience = DEFAULT_PATIENCE, pace = DEFAULT_PACE, signal, heapRelief = true } = options;
  const blob = new Blob(location, { transport, patience, pace, heapRelief });
  const shared = { location, fetched: () => blob.fetched, distinct: () => blob.distinct };
  try {
    if (blob.size === undefined) await readAll(blob, 0, 1, signal);
    const size = blob.size ?? 0;
    const cached = await readEnds(blob, size, signal);
    const source = createRangedSource(blob, size, cached);
    return { ...shared, kind: "ranged", source, stream: (abort) => checked(location, source.read(0, size, abort)) };
  } catch (error) {
    if (!(error instanceof NoRangesError)) throw error;
    reporter.debug(`${error.message}: ${location.name} is read as one stream`);
    const stream = (abort?: AbortSignal): AsyncIterable<Uint8Array> => checked(location, streamWhole(blob, abort));
    return { ...shared, kind: "sequential", size: blob.size, stream };
  }
}

function checked({ name, digest }: ArtifactLocation, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return digest === undefined ? bytes : verified(bytes, digest, name);
}

async function readEnds(blob: Blob, size: number, signal: AbortSignal | undefined): Promise<Cached[]> {
  if (size <= FRONT_BYTES + BACK_BYTES) return [{ offset: 0, bytes: await readAll(blob, 0, size, signal) }];
  const back = size - BACK_BYTES;
  const pieces = Array.from({ length: BACK_PIECES }, (_, index) => back + index * BACK_PIECE_BYTES);
  const [front, ...rest] = await Promise.all([
    readAll(blob, 0, FRONT_BYTES, signal),
    ...pieces.map((offset) => readAll(blob, offset, BACK_PIECE_BYTES, signal)),
  ]);
  return [
    { offset: 0, bytes: front },
    { offset: back, bytes: Buffer.concat(rest) },
  ];
}

async function readAll(blob: Blob, offset: number, length: number, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await fetchRange(blob, offset, length, (chunk) => void chunks.push(chunk), signal);
  return Buffer.concat(chunks);
}
