import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type Cause, cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";

const CHECKS: Readonly<Record<number, string>> = { 0: "none", 1: "CRC32", 4: "CRC64", 10: "SHA-256" };
const STREAM_HEADER_BYTES = 12;
const FOOTER_BYTES = 12;

/**
 * Explains two xz files by their headers (https://tukaani.org/xz/xz-file-format.txt): the check, the
 * filters, and the sizes in the index, which tell whether the content has the same length.
 */
export async function explainXz(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const [a, b] = [await readHeaders(left), await readHeaders(right)];
  const place = context.place;
  const causes: Cause[] = [];
  if (a.check !== b.check) causes.push(cause("compression", `${place}xz header, check`, a.check, b.check));
  if (a.filters !== b.filters)
    causes.push(cause("compression", `${place}xz block header, filters`, a.filters, b.filters));
  if (a.sizes !== b.sizes) causes.push(cause("content", `${place}xz index, sizes of the content`, a.sizes, b.sizes));
  if (causes.length === 0) {
    causes.push(cause("content", `${place}xz data`, `${left.size} bytes`, `${right.size} bytes`));
  }
  return { causes, parts: [] };
}

interface XzHeaders {
  readonly check: string;
  readonly filters: string;
  /** Of the blocks, unpacked. */
  readonly sizes: string;
}

async function readHeaders(source: RandomAccessSource): Promise<XzHeaders> {
  const head = await readExactly(source, 0, Math.min(source.size, 1024 + STREAM_HEADER_BYTES));
  const check = head[7] ?? 0;
  const blockSize = ((head[STREAM_HEADER_BYTES] ?? 0) + 1) * 4;
  const block = Buffer.from(head.subarray(STREAM_HEADER_BYTES, STREAM_HEADER_BYTES + blockSize));
  // The block's flags, then the filters behind the sizes that its flags announce; the CRC is left out.
  const filters = `0x${block
    .subarray(1, -4)
    .toString("hex")
    .replace(/(00)+$/, "")}`;
  return { check: CHECKS[check] ?? String(check), filters, sizes: await readIndex(source) };
}

/** The sizes of the blocks' contents, from the index before the footer. */
async function readIndex(source: RandomAccessSource): Promise<string> {
  if (source.size < FOOTER_BYTES + STREAM_HEADER_BYTES) return "unknown";
  const footer = Buffer.from(await readExactly(source, source.size - FOOTER_BYTES, FOOTER_BYTES));
  const length = (footer.readUInt32LE(4) + 1) * 4;
  const start = source.size - FOOTER_BYTES - length;
  if (footer.toString("latin1", 10) !== "YZ" || start < 0 || length > 1024 * 1024) return "unknown";
  const index = await readExactly(source, start, length);
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 53 && at < index.length; shift += 7) {
      const byte = index[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) break;
    }
    return value;
  };
  const count = Math.min(next(), 1000);
  const sizes = Array.from({ length: count }, () => {
    next(); // The size of the block, packed.
    return next();
  });
  return sizes.map((size) => `${size} bytes`).join(", ");
}
