import { type RandomAccessSource, readExactly } from "@release-actions/archive";

/** The byte that replaces a UTF-16 unit beyond Latin-1. */
const OTHER = 0x01;
const CHUNK_BYTES = 1 << 16;

/** Reads UTF-16 (little-endian, at even offsets) as one byte per unit, so that texts are found in it as in other sources. */
export function narrowSource(source: RandomAccessSource): RandomAccessSource {
  return {
    size: Math.floor(source.size / 2),
    async *read(offset, length, signal) {
      for (let at = offset; at < offset + length; at += CHUNK_BYTES) {
        const size = Math.min(CHUNK_BYTES, offset + length - at);
        const units = await readExactly(source, 2 * at, 2 * size, signal);
        const narrow = new Uint8Array(size);
        for (let index = 0; index < size; index += 1)
          narrow[index] = units[2 * index + 1] === 0 ? (units[2 * index] ?? OTHER) : OTHER;
        yield narrow;
      }
    },
  };
}
