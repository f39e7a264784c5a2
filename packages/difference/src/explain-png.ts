import { inflateSync } from "node:zlib";
import { type RandomAccessSource, readExactly, sliceSource } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { type Cause, cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import { explainMembers, type Member } from "./members.ts";

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

/** Explains two PNG images by their chunks (PNG, third edition, 5.3): the time, the texts, and the compression of the pixels. */
export async function explainPng(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const { place } = context;
  const [a, b] = [await readChunks(left), await readChunks(right)];
  const causes: Cause[] = [];
  const [timeA, timeB] = [await readTime(left, a), await readTime(right, b)];
  if (timeA !== timeB) causes.push(cause("timestamp", `${place}tIME chunk`, timeA, timeB));
  const [textsA, textsB] = [await readTexts(left, a), await readTexts(right, b)];
  for (const key of new Set([...textsA.keys(), ...textsB.keys()])) {
    const [one, other] = [textsA.get(key) ?? "absent", textsB.get(key) ?? "absent"];
    if (one !== other) causes.push(explainTextPair(one, other, `${place}tEXt chunk, ${key}`, context.windows));
  }
  if (await haveEqualPixels(left, a, right, b)) {
    causes.push(cause("compression", `${place}IDAT chunks of equal pixels`, size(a), size(b)));
  }
  const rest = await explainMembers(toMembers(left, a), toMembers(right, b), {
    ...context,
    explain: async (x, y, inside) => ({
      causes: [cause("content", inside.place.replace(/: $/, ""), countOf(x.size, "byte"), countOf(y.size, "byte"))],
      parts: [],
    }),
  });
  const known = causes.some(({ kind }) => kind === "compression");
  const others = rest.causes.filter((one) => !known || !one.place.includes("IDAT"));
  return { causes: [...causes, ...others], parts: rest.parts };
}

function size(chunks: readonly Chunk[]): string {
  const total = chunks.filter(({ type }) => type === "IDAT").reduce((sum, one) => sum + one.size, 0);
  return countOf(total, "byte");
}

async function readChunks(source: RandomAccessSource): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= source.size && chunks.length < MAX_CHUNKS; ) {
    const head = Buffer.from(await readExactly(source, at, 8));
    const length = head.readUInt32BE(0);
    if (at + 12 + length > source.size) break;
    chunks.push({ type: head.toString("latin1", 4, 8), offset: at + 8, size: length });
    at += 12 + length;
  }
  return chunks;
}

/** Compares the remaining chunks, which have no comparison of their own. */
function toMembers(source: RandomAccessSource, chunks: readonly Chunk[]): Member[] {
  return chunks
    .filter(({ type }) => type !== "tIME" && type !== "tEXt")
    .map(({ type, offset, size: bytes }) => ({
      name: `${type} chunk`,
      attributes: {},
      open: async () => sliceSource(source, offset, bytes),
    }));
}

async function readTime(source: RandomAccessSource, chunks: readonly Chunk[]): Promise<string> {
  const chunk = chunks.find(({ type, size: bytes }) => type === "tIME" && bytes === 7);
  if (chunk === undefined) return "none";
  const bytes = Buffer.from(await readExactly(source, chunk.offset, 7));
  const two = (at: number): string => String(bytes[at]).padStart(2, "0");
  return `${bytes.readUInt16BE(0)}-${two(2)}-${two(3)}T${two(4)}:${two(5)}:${two(6)}Z`;
}

async function readTexts(source: RandomAccessSource, chunks: readonly Chunk[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { offset, size: bytes } of chunks.filter(({ type }) => type === "tEXt")) {
    const text = Buffer.from(await readExactly(source, offset, Math.min(bytes, MAX_TEXT_BYTES))).toString("latin1");
    const [key = "", ...value] = text.split("\0");
    texts.set(key, value.join(" "));
  }
  return texts;
}

async function haveEqualPixels(
  left: RandomAccessSource,
  a: readonly Chunk[],
  right: RandomAccessSource,
  b: readonly Chunk[],
): Promise<boolean> {
  const packed = [await readData(left, a), await readData(right, b)] as const;
  if (packed[0].equals(packed[1])) return false;
  try {
    const [one, other] = packed.map((bytes) => inflateSync(bytes, { maxOutputLength: MAX_PIXELS_BYTES }));
    return one !== undefined && other !== undefined && one.equals(other);
  } catch {
    return false; // The data is damaged or very large, so the chunks are compared as bytes.
  }
}

async function readData(source: RandomAccessSource, chunks: readonly Chunk[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const { type, offset, size: bytes } of chunks) {
    total += bytes;
    if (total > MAX_PIXELS_BYTES) break;
    if (type === "IDAT") parts.push(await readExactly(source, offset, bytes));
  }
  return Buffer.concat(parts);
}
