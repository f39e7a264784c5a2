import { decompress, type RandomAccessSource, readExactly } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { spool } from "./spool.ts";

/** Explains two gzip files: their headers (RFC 1952, section 2.3), then what they hold. */
export async function explainGzip(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const [a, b] = [await readHeader(left), await readHeader(right)];
  const { place } = context;
  const causes: Cause[] = [];
  if (a.time !== b.time) causes.push(cause("timestamp", `${place}gzip header`, a.time, b.time));
  if (a.name !== b.name) causes.push(cause("embedded-text", `${place}gzip header, file name`, a.name, b.name));
  if (a.system !== b.system) causes.push(cause("compression", `${place}gzip header`, a.system, b.system));
  const inside = await explainInside(left, right, context);
  if (inside.causes.length > 0 || causes.length > 0)
    return { causes: [...causes, ...inside.causes], parts: inside.parts };
  const sizes = [`${left.size} bytes`, `${right.size} bytes`] as const;
  return { causes: [cause("compression", `${place}deflate data of equal content`, ...sizes)], parts: [] };
}

/** What zstd holds; its frames have no header that names a time or a file. */
export async function explainZstd(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const inside = await explainInside(left, right, context, "zstd");
  if (inside.causes.length > 0) return inside;
  const sizes = [`${left.size} bytes`, `${right.size} bytes`] as const;
  return { causes: [cause("compression", `${context.place}zstd data of equal content`, ...sizes)], parts: [] };
}

async function explainInside(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
  format: "gzip" | "zstd" = "gzip",
): Promise<Findings> {
  const open = async (source: RandomAccessSource): ReturnType<typeof spool> =>
    await spool(decompress(source.read(0, source.size, context.signal), format), context.scratch, context.signal);
  const a = await open(left);
  const b = await open(right);
  try {
    if ((await mapBytes(a, b, context.signal)).differing === 0) return { causes: [], parts: [] };
    return await context.explain(a, b, { ...context, place: `${context.place}unpacked, `, depth: context.depth + 1 });
  } finally {
    await a.close?.();
    await b.close?.();
  }
}

interface GzipHeader {
  readonly time: string;
  readonly name: string;
  readonly system: string;
}

async function readHeader(source: RandomAccessSource): Promise<GzipHeader> {
  const bytes = Buffer.from(await readExactly(source, 0, Math.min(source.size, 4096)));
  const [, , , flags = 0] = bytes;
  const seconds = bytes.length >= 8 ? bytes.readUInt32LE(4) : 0;
  const extra = flags & 4 && bytes.length >= 12 ? 2 + bytes.readUInt16LE(10) : 0;
  const nameAt = 10 + extra;
  const nameEnd = flags & 8 ? bytes.indexOf(0, nameAt) : nameAt;
  return {
    time: seconds === 0 ? "none" : new Date(seconds * 1000).toISOString(),
    name: flags & 8 ? bytes.toString("latin1", nameAt, nameEnd) : "none",
    system: `level flag ${bytes[8]}, system ${bytes[9]}`,
  };
}
