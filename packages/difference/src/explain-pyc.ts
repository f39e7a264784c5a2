import { type RandomAccessSource, readExactly, sliceSource } from "@release-actions/archive";
import { cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainBinary } from "./explain-bytes.ts";

const HEADER_BYTES = 16;

/** Whether a file is bytecode of Python 3.7 or newer: its magic number ends in `\r\n`, and flags follow (PEP 552). */
export function isPyc(head: Uint8Array): boolean {
  if (head.length < HEADER_BYTES || head[2] !== 0x0d || head[3] !== 0x0a) return false;
  const magic = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
  // Python 3.7 began with 3390, and later versions have higher numbers.
  return magic >= 3390 && magic < 4500 && (head[4] ?? 0) <= 3 && head[5] === 0 && head[6] === 0 && head[7] === 0;
}

/** Explains two files of Python bytecode: first the time of the source in the header, then the code. */
export async function explainPyc(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const { place } = context;
  const [a, b] = [await readHeader(left), await readHeader(right)];
  if (a.magic !== b.magic)
    return {
      causes: [cause("toolchain", `${place}pyc header`, `Python magic ${a.magic}`, `Python magic ${b.magic}`)],
      parts: [],
    };
  const remedy = "Compile with `--invalidation-mode=checked-hash`, or set SOURCE_DATE_EPOCH, which makes Python do so.";
  const header =
    a.stamp === b.stamp
      ? []
      : [cause("timestamp", `${place}pyc header, time of the source`, a.stamp, b.stamp, { remedy })];
  const [codeA, codeB] = [left, right].map((source) => sliceSource(source, HEADER_BYTES, source.size - HEADER_BYTES));
  if (codeA === undefined || codeB === undefined) return { causes: header, parts: [] };
  const [one, other] = [await digestOf(codeA), await digestOf(codeB)];
  if (one === other) return { causes: header, parts: [] };
  return {
    causes: [...header, ...(await explainBinary(codeA, codeB, { ...context, place: `${place}code+` }))],
    parts: [],
  };
}

async function readHeader(source: RandomAccessSource): Promise<{ magic: number; stamp: string }> {
  const head = Buffer.from(await readExactly(source, 0, HEADER_BYTES));
  const isHash = (head.readUInt32LE(4) & 1) !== 0;
  const stamp = isHash
    ? `a hash of the source, ${head.toString("hex", 8, 16)}`
    : new Date(head.readUInt32LE(8) * 1000).toISOString().replace(".000Z", "Z");
  return { magic: head.readUInt16LE(0), stamp };
}

async function digestOf(source: RandomAccessSource): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  for await (const chunk of source.read(0, source.size)) hash.update(chunk);
  return hash.digest("hex");
}
