import { Buffer } from "node:buffer";
import { decompressRaw } from "./decompress.ts";
import { ArchiveError } from "./error.ts";
import { type RandomAccessSource, readExactly, sliceSource } from "./source.ts";
import { IN_ZIP64, LENGTH, SIGNATURE } from "./zip-format.ts";

const MAX_COMMENT_BYTES = 0xffff;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
const METHODS: Readonly<Record<number, string>> = {
  0: "stored",
  8: "deflate",
  12: "bzip2",
  14: "lzma",
  93: "zstd",
  95: "xz",
};

/** An entry as the central directory describes it (APPNOTE 4.3.12), for comparing; nothing else is checked. */
export interface ScannedEntry {
  readonly name: string;
  readonly method: string;
  /** The method, with the compression option if the flags contain it (APPNOTE 4.4.4). */
  readonly compression: string;
  readonly isEncrypted: boolean;
  /** The system and version that created it, and the flags. */
  readonly madeBy: string;
  readonly mode: string;
  /** A symbolic link, whose data is its target. */
  readonly isLink: boolean;
  /** The time in the unknown time zone of the program that packed it. */
  readonly time: string;
  readonly extra: Buffer;
  readonly localExtra: Buffer;
  readonly comment: string;
  readonly packed: RandomAccessSource;
  /** The content; undefined when it cannot be decompressed here. */
  read(): AsyncIterable<Uint8Array> | undefined;
}

/** The entries of a zip in the order of its directory, and its comment. */
export interface ScannedZip {
  readonly entries: readonly ScannedEntry[];
  readonly comment: string;
}

/** Reads a zip by its central directory, and ignores data before, between and after the entries. */
export async function scanZip(source: RandomAccessSource): Promise<ScannedZip> {
  const end = await findEnd(source);
  if (end.size > MAX_DIRECTORY_BYTES)
    throw new ArchiveError("limit", `the zip's directory has ${end.size} bytes`, end.offset);
  let rest = Buffer.from(await readExactly(source, end.offset, end.size));
  const entries: ScannedEntry[] = [];
  while (rest.length >= LENGTH.centralHeader && rest.readUInt32LE(0) === SIGNATURE.centralHeader) {
    const length = LENGTH.centralHeader + rest.readUInt16LE(28) + rest.readUInt16LE(30) + rest.readUInt16LE(32);
    entries.push(await readEntry(source, rest.subarray(0, length), end.shift));
    rest = rest.subarray(length);
  }
  return { entries, comment: end.comment };
}

async function findEnd(source: RandomAccessSource) {
  const start = Math.max(0, source.size - LENGTH.end - MAX_COMMENT_BYTES);
  const tail = Buffer.from(await readExactly(source, start, source.size - start));
  const at = tail.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (at < 0 || at + LENGTH.end > tail.length) throw new ArchiveError("cut", "the zip has no end record", source.size);
  const comment = tail.toString("utf8", at + LENGTH.end, at + LENGTH.end + tail.readUInt16LE(at + 20));
  let [size, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  let directoryEnd = start + at;
  if (offset === IN_ZIP64.u32 && directoryEnd >= LENGTH.zip64Locator + LENGTH.zip64End) {
    const locator = Buffer.from(await readExactly(source, directoryEnd - LENGTH.zip64Locator, LENGTH.zip64Locator));
    const record = Buffer.from(await readExactly(source, Number(locator.readBigUInt64LE(8)), LENGTH.zip64End));
    [size, offset] = [Number(record.readBigUInt64LE(40)), Number(record.readBigUInt64LE(48))];
    directoryEnd = Number(locator.readBigUInt64LE(8));
  }
  // The number of bytes before the zip. Its offsets count from there.
  const shift = Math.max(0, directoryEnd - size - offset);
  return { offset: offset + shift, size, comment, shift };
}

async function readEntry(source: RandomAccessSource, entry: Buffer, shift: number): Promise<ScannedEntry> {
  const u16 = (at: number): number => entry.readUInt16LE(at);
  const flags = u16(8);
  const nameEnd = LENGTH.centralHeader + u16(28);
  const extraEnd = nameEnd + u16(30);
  const nameBytes = entry.subarray(LENGTH.centralHeader, nameEnd);
  const extra = entry.subarray(nameEnd, extraEnd);
  const { size, offset } = wideNumbers(entry, extra);
  const at = offset + shift;
  const local = Buffer.from(await readExactly(source, at, LENGTH.localHeader));
  const localName = local.readUInt16LE(26);
  const localExtra = Buffer.from(
    await readExactly(source, at + LENGTH.localHeader + localName, local.readUInt16LE(28)),
  );
  const packed = sliceSource(source, at + LENGTH.localHeader + localName + localExtra.length, size);
  const method = METHODS[u16(10)] ?? `method ${u16(10)}`;
  const isEncrypted = (flags & 1) !== 0;
  const name = nameBytes.toString("utf8");
  const unixMode = u16(4) >> 8 === 3 ? entry.readUInt32LE(38) >>> 16 : undefined;
  return {
    compression: `${method}${method === "deflate" ? `, option ${(flags >> 1) & 3}` : ""}`,
    method,
    isEncrypted,
    extra,
    localExtra,
    packed,
    name: name.includes("\uFFFD") ? nameBytes.toString("latin1") : name,
    // The version for unpacking and the flags for encryption, UTF-8 and deflate's options are in other fields.
    madeBy: `made by system ${u16(4) >> 8}, version ${u16(4) & 255}, flags 0x${(flags & ~0x0807).toString(16)}`,
    mode: unixMode === undefined ? "none" : (unixMode & 0o7777).toString(8).padStart(4, "0"),
    isLink: unixMode !== undefined && (unixMode & 0o170000) === 0o120000,
    time: dosTime(u16(14), u16(12)),
    comment: entry.toString("utf8", extraEnd),
    read: () => (isEncrypted ? undefined : decompressRaw(packed.read(0, packed.size), method)),
  };
}

/** Sizes and offsets of more than 32 bits, which are in extra field 1 (APPNOTE 4.5.3). */
function wideNumbers(entry: Buffer, extra: Buffer): { size: number; offset: number } {
  const wide = extraFields(extra).get(1);
  let at = 0;
  const read = (short: number): number => {
    if (short !== IN_ZIP64.u32 || wide === undefined || at + 8 > wide.length) return short;
    at += 8;
    return Number(wide.readBigUInt64LE(at - 8));
  };
  read(entry.readUInt32LE(24));
  const size = read(entry.readUInt32LE(20));
  return { size, offset: read(entry.readUInt32LE(42)) };
}

/** The extra fields by their IDs; if an ID is repeated, the last one. */
export function extraFields(extra: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= extra.length; ) {
    const size = extra.readUInt16LE(at + 2);
    fields.set(extra.readUInt16LE(at), extra.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return fields;
}

function dosTime(date: number, time: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${1980 + (date >> 9)}-${two((date >> 5) & 15)}-${two(date & 31)}`;
  return `${day} ${two(time >> 11)}:${two((time >> 5) & 63)}:${two((time & 31) * 2)}`;
}
