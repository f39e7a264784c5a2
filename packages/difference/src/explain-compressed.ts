import { ArchiveError, type Compression, type RandomAccessSource } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import { compareGzipHeaders } from "./compare-gzip-headers.ts";
import { compareXzHeaders } from "./compare-xz-headers.ts";
import type { Context, Findings } from "./context.ts";
import { type Form, unpack } from "./spool.ts";

type CompareHeaders = (left: RandomAccessSource, right: RandomAccessSource, place: string) => Promise<Cause[]>;

const HEADERS: Readonly<Partial<Record<Compression, CompareHeaders>>> = {
  gzip: compareGzipHeaders,
  xz: compareXzHeaders,
};

export function isCompression(format: string): format is Compression {
  return format === "gzip" || format === "zstd" || format === "xz" || format === "bzip2";
}

/** Explains two compressed files by their headers, then by their contents, then by how these were compressed. */
export async function explainCompressed(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
  formats: readonly [Form, Form],
): Promise<Findings> {
  const [format, other] = formats;
  const headers =
    format === other && format !== "none"
      ? ((await HEADERS[format]?.(left, right, context.place)) ?? [])
      : [cause("compression", `${context.place}format`, format, other)];
  const inside = await explainInside(left, right, context, formats).catch((error: unknown): Findings => {
    if (!(error instanceof ArchiveError) || headers.length === 0) throw error;
    context.warn(`${context.place}the content was not compared: ${error.message}`);
    return { causes: [], parts: [] };
  });
  if (inside.causes.length > 0 || headers.length > 0) return { ...inside, causes: [...headers, ...inside.causes] };
  const sizes = [countOf(left.size, "byte"), countOf(right.size, "byte")] as const;
  return { causes: [cause("compression", `${context.place}${format} data of equal content`, ...sizes)], parts: [] };
}

async function explainInside(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
  formats: readonly [Form, Form],
): Promise<Findings> {
  const a = await unpack(left, formats[0], context);
  try {
    const b = await unpack(right, formats[1], context);
    try {
      if ((await mapBytes(a, b, context.signal)).differing === 0) return { causes: [], parts: [] };
      return await context.explain(a, b, { ...context, place: `${context.place}unpacked, `, depth: context.depth + 1 });
    } finally {
      await b.close?.();
    }
  } finally {
    await a.close?.();
  }
}
