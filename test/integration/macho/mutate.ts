const INTERESTING = [0, 1, 0x7f, 0x80, 0xff] as const;

export type Region = "structure" | "signature" | "anywhere";

/**
 * Changes one to eight places of a copy, in the header and load commands, in the signature, or anywhere. The copy is
 * made in `scratch`, which has the same size: thousands of new buffers would distort the measured memory.
 */
export function mutate(original: Buffer, scratch: Buffer, region: Region, random: () => number): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = scratch;
  bytes.set(original);
  const signature = bytes.lastIndexOf(Buffer.from("fade0cc0", "hex"));
  const ranges = {
    structure: [0, 4096],
    signature: [signature, signature + bytes.readUInt32BE(signature + 4)],
    anywhere: [0, bytes.length],
  } as const;
  const [from, to] = ranges[region];
  for (let edits = 1 + below(8); edits > 0; edits -= 1) {
    const at = from + below(to - from - 8);
    const value = INTERESTING[below(INTERESTING.length)] ?? 0;
    const kind = below(5);
    if (kind === 0) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8)), at);
    else if (kind === 1) bytes.writeUInt8(value, at);
    else if (kind === 2) bytes.fill(value, at, at + 4);
    else if (kind === 3) bytes.copy(bytes, at, from + below(to - from), from + 64);
    else bytes.writeUInt32BE(below(2 ** 32), at);
  }
  return random() < 0.05 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

/** Mulberry32: the same mutations in every run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
