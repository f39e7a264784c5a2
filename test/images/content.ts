import { createCipheriv, createHash } from "node:crypto";

const BLOCK_BYTES = 4096;
const WORD_BYTES = 16;
const WORDS = 256;

/** How many blocks of ten cannot be compressed at all, as in a binary with embedded data. */
const RANDOM_BLOCKS_OF_TEN = 1;

/**
 * Bytes that compress about as well as machine code does (gzip to about 40 %), the same for the same seed:
 * blocks of noise among blocks of words from a small vocabulary.
 */
export function* content(seed: string, bytes: number): Generator<Buffer> {
  const noise = noiseOf(seed);
  const vocabulary = noise(WORDS * WORD_BYTES);
  const chunkBlocks = 256;
  for (let left = bytes; left > 0; left -= chunkBlocks * BLOCK_BYTES) {
    const chunk = noise(chunkBlocks * BLOCK_BYTES);
    for (let block = 0; block < chunkBlocks; block += 1) {
      if (block % 10 >= RANDOM_BLOCKS_OF_TEN) fillWithWords(chunk, block * BLOCK_BYTES, vocabulary);
    }
    yield chunk.subarray(0, Math.min(left, chunk.length));
  }
}

/** Replaces each word of a block of noise with a word of the vocabulary, which the word's first byte selects. */
function fillWithWords(chunk: Buffer, start: number, vocabulary: Buffer): void {
  for (let at = start; at < start + BLOCK_BYTES; at += WORD_BYTES) {
    const word = (chunk[at] ?? 0) * WORD_BYTES;
    // The last quarter of each word stays noise, like addresses and numbers in code.
    vocabulary.copy(chunk, at, word, word + (WORD_BYTES * 3) / 4);
  }
}

/** An endless keystream is the fastest noise there is. */
function noiseOf(seed: string): (bytes: number) => Buffer {
  const key = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return (bytes) => cipher.update(Buffer.alloc(bytes));
}
