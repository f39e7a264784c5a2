/** Builds the smallest thin files that the tests need: little-endian, 64-bit. */
export function imageOf(commands: readonly Buffer[], options: { cpuType?: number; tail?: Buffer } = {}): Buffer {
  const body = Buffer.concat(commands);
  const { cpuType = 0x0100000c, tail = Buffer.alloc(0) } = options;
  return Buffer.concat([words(0xfeedfacf, cpuType, 0, 2, commands.length, body.length, 0, 0), body, tail]);
}

/** A load command with its two leading words. */
export function command(type: number, ...payload: readonly Buffer[]): Buffer {
  const rest = Buffer.concat(payload);
  return Buffer.concat([words(type, 8 + rest.length), rest]);
}

export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

export function bigEndianWords(...values: readonly number[]): Buffer {
  return words(...values).swap32();
}

/** A fat file of `[cpuType, offset, size]` entries, padded to `length` bytes. */
export function fatOf(entries: readonly (readonly [number, number, number])[], length: number): Buffer {
  const header = bigEndianWords(
    0xcafebabe,
    entries.length,
    ...entries.flatMap(([cpu, offset, size]) => [cpu, 0, offset, size, 12]),
  );
  return Buffer.concat([header, Buffer.alloc(Math.max(0, length - header.length))]);
}
