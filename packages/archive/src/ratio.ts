import { ArchiveError } from "./error.ts";

/** No image is larger; a decoder that gets here is being made to fill something. */
export const MAX_DECOMPRESSED_BYTES = 64 * 1024 ** 3;
/** Root file systems compress 2 to 5 times, the emptiest layers 50 times; bombs a thousand times. */
export const MAX_RATIO = 250;
/** Below this nothing is worth a complaint: a small file of zeros may well compress a thousand times. */
export const RATIO_FREE_BYTES = 16 * 1024 * 1024;

export interface Bounds {
  /** How many times the input the output may be. Honest layers of zeros have been seen at 1030. */
  readonly maxRatio?: number;
}

/** Refuses an output out of proportion to the `consumed` bytes of input; both in bytes. */
export function requireBounded(produced: number, consumed: number, { maxRatio = MAX_RATIO }: Bounds = {}): void {
  if (produced > MAX_DECOMPRESSED_BYTES) {
    throw new ArchiveError("limit", `it decompresses to more than ${MAX_DECOMPRESSED_BYTES} bytes`);
  }
  if (produced > RATIO_FREE_BYTES && produced > consumed * maxRatio) {
    throw new ArchiveError("limit", `it decompresses to more than ${maxRatio} times its size`, consumed);
  }
}
