import { inflateSync } from "node:zlib";
import { type RandomAccessSource, readExactly, sliceSource } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { cause, causeIfDifferent } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import { explainMembers, type Member } from "./members.ts";
import { both, type Pair, readBoth, type Sources, sizesOf } from "./pair.ts";
import { lasting } from "./spool.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_CHUNKS = 100_000;
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_PIXELS_BYTES = 64 * 1024 * 1024;

export function isPng(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, SIGNATURE.length)).equals(SIGNATURE);
}

interface Chunk {
  readonly type: string;
  readonly offset: number;
  readonly size: number;
}

interface Png {
  readonly source: RandomAccessSource;
  readonly chunks: readonly Chunk[];
}

/** Explains two PNG images by their chunks (PNG, third edition, 5.3): the time, the texts, and the compression of the pixels. */
export async function explainPng(sources: Sources, context: Context): Promise<Findings> {
  const { place } = context;
  const images = await readBoth(sources, readPng);
  const causes = causeIfDifferent("timestamp", `${place}tIME chunk`, ...(await readBoth(images, readTime)));
  const [textsA, textsB] = await readBoth(images, readTexts);
  for (const key of new Set([...textsA.keys(), ...textsB.keys()])) {
    const [one, other] = [textsA.get(key) ?? "absent", textsB.get(key) ?? "absent"];
    if (one !== other) causes.push(explainTextPair(one, other, `${place}tEXt chunk, ${key}`, context.windows));
  }
  const isRepacked = await haveEqualPixels(images);
  if (isRepacked) causes.push(cause("compression", `${place}IDAT chunks of equal pixels`, ...both(images, dataSize)));
  const rest = await explainMembers(both(images, toMembers), {
    ...context,
    explain: async (chunks, inside) => ({
      causes: [cause("content", inside.place.replace(/: $/, ""), ...sizesOf(chunks))],
    }),
  });
  const others = rest.causes.filter((one) => !isRepacked || !one.place.includes("IDAT"));
  return { ...rest, causes: [...causes, ...others] };
}

function dataSize({ chunks }: Png): string {
  const total = chunks.filter(({ type }) => type === "IDAT").reduce((sum, { size }) => sum + size, 0);
  return countOf(total, "byte");
}

async function readPng(source: RandomAccessSource): Promise<Png> {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= source.size && chunks.length < MAX_CHUNKS; ) {
    const head = Buffer.from(await readExactly(source, at, 8));
    const length = head.readUInt32BE(0);
    if (at + 12 + length > source.size) break;
    chunks.push({ type: head.toString("latin1", 4, 8), offset: at + 8, size: length });
    at += 12 + length;
  }
  return { source, chunks };
}

/** Compares the remaining chunks, which have no comparison of their own. */
function toMembers({ source, chunks }: Png): Member[] {
  return chunks
    .filter(({ type }) => type !== "tIME" && type !== "tEXt")
    .map(({ type, offset, size }) => ({
      name: `${type} chunk`,
      attributes: {},
      open: async () => lasting(sliceSource(source, offset, size)),
    }));
}

async function readTime({ source, chunks }: Png): Promise<string> {
  const chunk = chunks.find(({ type, size }) => type === "tIME" && size === 7);
  if (chunk === undefined) return "none";
  const bytes = Buffer.from(await readExactly(source, chunk.offset, 7));
  const two = (at: number): string => String(bytes[at]).padStart(2, "0");
  return `${bytes.readUInt16BE(0)}-${two(2)}-${two(3)}T${two(4)}:${two(5)}:${two(6)}Z`;
}

async function readTexts({ source, chunks }: Png): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { offset, size } of chunks.filter(({ type }) => type === "tEXt")) {
    const text = Buffer.from(await readExactly(source, offset, Math.min(size, MAX_TEXT_BYTES))).toString("latin1");
    const [key = "", ...value] = text.split("\0");
    texts.set(key, value.join(" "));
  }
  return texts;
}

async function haveEqualPixels(images: Pair<Png>): Promise<boolean> {
  const packed = await readBoth(images, readData);
  if (packed[0].equals(packed[1])) return false;
  try {
    const [one, other] = both(packed, (bytes) => inflateSync(bytes, { maxOutputLength: MAX_PIXELS_BYTES }));
    return one.equals(other);
  } catch {
    return false; // The data is damaged or very large, so the chunks are compared as bytes.
  }
}

async function readData({ source, chunks }: Png): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const { type, offset, size } of chunks) {
    total += size;
    if (total > MAX_PIXELS_BYTES) break;
    if (type === "IDAT") parts.push(await readExactly(source, offset, size));
  }
  return Buffer.concat(parts);
}
