import { ArchiveError, type Compression } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import { compareGzipHeaders } from "./compare-gzip-headers.ts";
import { compareXzHeaders } from "./compare-xz-headers.ts";
import { type Context, type Findings, inside } from "./context.ts";
import { type Pair, type Sources, sizesOf } from "./pair.ts";
import { type Form, unpack } from "./spool.ts";

type CompareHeaders = (sources: Sources, place: string) => Promise<Cause[]>;

const HEADERS: Readonly<Partial<Record<Compression, CompareHeaders>>> = {
  gzip: compareGzipHeaders,
  xz: compareXzHeaders,
};

export function isCompression(format: string): format is Compression {
  return format === "gzip" || format === "zstd" || format === "xz" || format === "bzip2";
}

/** Explains two compressed files by their headers, then by their contents, then by how these were compressed. */
export async function explainCompressed(sources: Sources, context: Context, formats: Pair<Form>): Promise<Findings> {
  const [format, other] = formats;
  const headers =
    format === other && format !== "none"
      ? ((await HEADERS[format]?.(sources, context.place)) ?? [])
      : [cause("compression", `${context.place}format`, format, other)];
  const content = await explainContent(sources, context, formats).catch((error: unknown): Findings => {
    if (!(error instanceof ArchiveError) || headers.length === 0) throw error;
    context.warn(`${context.place}the content was not compared: ${error.message}`);
    return { causes: [] };
  });
  if (content.causes.length > 0 || headers.length > 0) return { ...content, causes: [...headers, ...content.causes] };
  return { causes: [cause("compression", `${context.place}${format} data of equal content`, ...sizesOf(sources))] };
}

async function explainContent(sources: Sources, context: Context, formats: Pair<Form>): Promise<Findings> {
  await using left = await unpack(sources[0], formats[0], context);
  await using right = await unpack(sources[1], formats[1], context);
  if ((await mapBytes([left, right], context.signal)).differing === 0) return { causes: [] };
  return await context.explain([left, right], inside(context, "unpacked, "));
}
