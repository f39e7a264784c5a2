import { ArchiveError } from "./error.ts";

/** Larger than any image: data that decompresses to more is an attack. */
export const MAX_DECOMPRESSED_BYTES = 64 * 1024 ** 3;
/** Root file systems compress by a factor of 2 to 5, the emptiest layers by 50, and zip bombs by 1000. */
export const MAX_RATIO = 250;
/** Below this size the ratio is not checked: a small file of zeros may well compress by a factor of 1000. */
export const RATIO_FREE_BYTES = 16 * 1024 * 1024;

export interface Bounds {
  /** The largest ratio of output to input. Legitimate layers of zeros have reached 1030. */
  readonly maxRatio?: number;
}

/** Refuses `produced` bytes of output if they are too many for the `consumed` bytes of input. */
export function requireBounded(produced: number, consumed: number, { maxRatio = MAX_RATIO }: Bounds = {}): void {
  if (produced > MAX_DECOMPRESSED_BYTES) {
    throw new ArchiveError("limit", `it decompresses to more than ${MAX_DECOMPRESSED_BYTES} bytes`);
  }
  if (produced > RATIO_FREE_BYTES && produced > consumed * maxRatio) {
    throw new ArchiveError("limit", `it decompresses to more than ${maxRatio} times its size`, consumed);
  }
}
