import { type RandomAccessSource, readExactly, sliceSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { cause, causeIfDifferent } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainBinary } from "./explain-bytes.ts";
import { both, readBoth, type Sources } from "./pair.ts";
import { showSeconds } from "./show-seconds.ts";

const HEADER_BYTES = 16;

/** Whether a file is bytecode of Python 3.7 or newer: its magic number ends in `\r\n`, and flags follow (PEP 552). */
export function isPyc(head: Uint8Array): boolean {
  if (head.length < HEADER_BYTES || head[2] !== 0x0d || head[3] !== 0x0a) return false;
  const magic = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
  // Python 3.7 began with 3390, and later versions have higher numbers.
  return magic >= 3390 && magic < 4500 && (head[4] ?? 0) <= 3 && head[5] === 0 && head[6] === 0 && head[7] === 0;
}

/** Explains two files of Python bytecode: first the time of the source in the header, then the code. */
export async function explainPyc(sources: Sources, context: Context): Promise<Findings> {
  const { place } = context;
  const [a, b] = await readBoth(sources, readHeader);
  if (a.magic !== b.magic)
    return { causes: [cause("toolchain", `${place}pyc header`, `Python magic ${a.magic}`, `Python magic ${b.magic}`)] };
  const remedy = "Compile with `--invalidation-mode=checked-hash`, or set SOURCE_DATE_EPOCH, which makes Python do so.";
  const header = `${place}pyc header, time of the source`;
  const time = causeIfDifferent("timestamp", header, a.stamp, b.stamp, { remedy });
  const code = both(sources, (source) => sliceSource(source, HEADER_BYTES, source.size - HEADER_BYTES));
  if ((await mapBytes(code, context.signal)).differing === 0) return { causes: time };
  return { causes: [...time, ...(await explainBinary(code, { ...context, place: `${place}code+` }))] };
}

async function readHeader(source: RandomAccessSource): Promise<{ magic: number; stamp: string }> {
  const head = Buffer.from(await readExactly(source, 0, HEADER_BYTES));
  const isHash = (head.readUInt32LE(4) & 1) !== 0;
  const stamp = isHash ? `a hash of the source, ${head.toString("hex", 8, 16)}` : showSeconds(head.readUInt32LE(8));
  return { magic: head.readUInt16LE(0), stamp };
}
