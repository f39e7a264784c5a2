import type { RandomAccessSource } from "@release-actions/archive";
import { DEFAULT_PATIENCE, type Patience, type Transport } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import { Blob, DEFAULT_PACE, NoRangesError, type Pace } from "./blob.ts";
import { fetchRange } from "./fetch-range.ts";
import type { ArtifactLocation } from "./location.ts";
import { streamWhole } from "./plain-stream.ts";
import { type Cached, createRangedSource } from "./ranged-source.ts";
import { verified } from "./verify.ts";

/**
 * Read at once on opening: the front tells the format, and with the first headers saves a round trip; the back
 * holds a zip's directory and a tar's last members.
 */
const FRONT_BYTES = 40 * 1024;
/** In pieces side by side, which open the connections that the layers will come by. */
const BACK_PIECES = 7;
const BACK_PIECE_BYTES = 36 * 1024;
const BACK_BYTES = BACK_PIECES * BACK_PIECE_BYTES;

export interface OpenOptions {
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly patience?: Patience;
  readonly pace?: Pace;
  readonly signal?: AbortSignal;
  /** Whether V8 is kept from collecting for the bytes that come (heap-relief.ts); it is unless this says no. */
  readonly heapRelief?: boolean;
}

/** An artifact ready to be read, without ever touching the disk. */
export type OpenArtifact = {
  readonly location: ArtifactLocation;
  /** Bytes that came over the network so far. */
  readonly fetched: () => number;
  /** Bytes of the artifact that came so far, however often: never more than it has. */
  readonly distinct: () => number;
  /**
   * All of it in order, as fast as the server allows; from the start each time.
   *
   * @throws DigestMismatchError in place of the end, when the listing gave a digest and this is not it
   */
  readonly stream: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
} & (
  | { readonly kind: "ranged"; readonly source: RandomAccessSource }
  /** The server knows no ranges; `size` may be unknown until the end. */
  | { readonly kind: "sequential"; readonly size: number | undefined }
);

/** Finds out what the server can do. Reads are parallel where it serves ranges. */
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
