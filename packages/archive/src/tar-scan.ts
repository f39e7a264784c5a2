import { Buffer } from "node:buffer";
import { countOf } from "@release-actions/report";
import { ArchiveError } from "./error.ts";
import { type RandomAccessSource, readExactly } from "./source.ts";
import { MAX_EXTENSION_BYTES } from "./tar-blocks.ts";
import { BLOCK_BYTES, isTarHeader, isZeroBlock, paddingAfter, untilNul } from "./tar-header.ts";
import { paxNumber } from "./tar-pax.ts";

/** The root file system of a distribution has about 100,000 members; memory suffices for ten times as many. */
const MAX_SCANNED = 1_000_000;
/** More extended headers before one member than any program writes. */
const MAX_EXTENSIONS = 64;

/** A member of any type, as its headers describe it, without the checks that unpacking needs. */
export interface ScannedMember {
  /** The name as written, even if absolute, with `..`, or repeated. Bytes that are not UTF-8 are shown as `\xNN`. */
  readonly name: string;
  /** `0` a file, `5` a folder, `2` a link, `3` a device, ... (POSIX.1-2017 pax, "ustar Interchange Format"). */
  readonly typeflag: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  /** In seconds since 1970. */
  readonly mtime: number;
  /** Major and minor number of a device. */
  readonly device: string;
  /** The size and the offset of the body, in bytes. */
  readonly size: number;
  readonly offset: number;
  readonly headerOffset: number;
  readonly form: "v7" | "ustar" | "gnu";
  /** The PAX records that apply to this member, including global ones. */
  readonly pax: ReadonlyMap<string, string>;
  /** The name of the PAX header itself, in which some programs put their process ID. */
  readonly paxHeaderName: string;
}

/**
 * All members of a tar in their order, for comparing. Absolute names, devices, dangling links, repeated names and
 * headers older than POSIX are accepted. Only a block that is not a header is an error.
 */
export async function* scanTar(
  source: RandomAccessSource,
  signal?: AbortSignal,
): AsyncGenerator<ScannedMember, void, undefined> {
  const globals = new Map<string, string>();
  let pending = noExtensions();
  let count = 0;
  for (let at = 0; at + BLOCK_BYTES <= source.size; ) {
    const block = Buffer.from(await readExactly(source, at, BLOCK_BYTES, signal));
    if (isZeroBlock(block)) return;
    if (!isTarHeader(block)) throw new ArchiveError("malformed", "there is no tar header where one must be", at);
    const typeflag = String.fromCharCode(block[156] || 0x30);
    const header = parseFields(block, at);
    const body = at + BLOCK_BYTES;
    if ("xgLKX".includes(typeflag)) {
      if (header.size > MAX_EXTENSION_BYTES || pending.count > MAX_EXTENSIONS)
        throw new ArchiveError("limit", `an extended header of ${header.size} bytes`, at);
      const bytes = Buffer.from(await readExactly(source, body, header.size, signal));
      if (typeflag === "g") for (const [key, value] of paxRecords(bytes)) globals.set(key, value);
      else takeExtension(pending, typeflag, bytes, header.name);
      at = body + header.size + paddingAfter(header.size);
      continue;
    }
    const pax = new Map([...globals, ...pending.pax]);
    const stated = paxNumber(pax.get("size"));
    const size = "123456".includes(typeflag) ? 0 : Number.isNaN(stated) ? header.size : stated;
    if (body + size > source.size)
      throw new ArchiveError(
        "cut",
        `the archive ends ${countOf(body + size - source.size, "byte")} before the end of a member`,
        at,
      );
    count += 1;
    if (count > MAX_SCANNED) throw new ArchiveError("limit", `more than ${MAX_SCANNED} members`, at);
    yield {
      ...header,
      typeflag,
      size,
      offset: body,
      headerOffset: at,
      pax,
      paxHeaderName: pending.paxHeaderName,
      name: pax.get("path") ?? pending.long.get("L") ?? header.name,
      linkName: pax.get("linkpath") ?? pending.long.get("K") ?? header.linkName,
      uid: Number(pax.get("uid") ?? header.uid),
      gid: Number(pax.get("gid") ?? header.gid),
      userName: pax.get("uname") ?? header.userName,
      groupName: pax.get("gname") ?? header.groupName,
    };
    pending = noExtensions();
    at = body + size + paddingAfter(size);
  }
}

/** The extended headers before a member. `long` has GNU's long name (`L`) and long link name (`K`). */
function noExtensions() {
  return { pax: new Map<string, string>(), paxHeaderName: "", long: new Map<string, string>(), count: 0 };
}

function takeExtension(pending: ReturnType<typeof noExtensions>, typeflag: string, bytes: Buffer, name: string): void {
  pending.count += 1;
  if (typeflag === "L" || typeflag === "K") pending.long.set(typeflag, showBytes(untilNul(bytes)));
  else {
    for (const [key, value] of paxRecords(bytes)) pending.pax.set(key, value);
    pending.paxHeaderName = name;
  }
}

function parseFields(block: Buffer, offset: number) {
  const magic = block.toString("latin1", 257, 263);
  const form: ScannedMember["form"] = magic === "ustar\0" ? "ustar" : magic === "ustar " ? "gnu" : "v7";
  const text = (start: number, length: number): string => showBytes(untilNul(block.subarray(start, start + length)));
  const number = (start: number, length: number): number => readNumber(block.subarray(start, start + length));
  const prefix = form === "ustar" ? text(345, 155) : "";
  const size = number(124, 12);
  if (!Number.isSafeInteger(size) || size < 0)
    throw new ArchiveError("malformed", "the header's size is not a number", offset);
  return {
    name: prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    linkName: text(157, 100),
    mode: number(100, 8),
    uid: number(108, 8),
    gid: number(116, 8),
    mtime: number(136, 12),
    size,
    form,
    userName: form === "v7" ? "" : text(265, 32),
    groupName: form === "v7" ? "" : text(297, 32),
    device: form === "v7" ? "" : `${number(329, 8)},${number(337, 8)}`,
  };
}

/** Reads octal digits, or GNU's base-256, which may be negative; other bytes count as 0. */
function readNumber(bytes: Buffer): number {
  const first = bytes[0] ?? 0;
  if ((first & 0x80) === 0) return Number.parseInt(bytes.toString("latin1"), 8) || 0;
  let value = (first & 0x40) !== 0 ? -1n : BigInt(first & 0x3f);
  for (const byte of bytes.subarray(1)) value = (value << 8n) | BigInt(byte);
  return Number(value);
}

function* paxRecords(bytes: Buffer): Generator<[string, string]> {
  for (let start = 0; ; ) {
    const space = bytes.indexOf(0x20, start);
    const length = paxNumber(bytes.toString("latin1", start, space));
    if (!(length >= 5 && start + length <= bytes.length)) return;
    const record = bytes.subarray(space + 1, start + length - 1);
    const equals = record.indexOf(0x3d);
    if (equals > 0) yield [record.toString("utf8", 0, equals), showBytes(record.subarray(equals + 1))];
    start += length;
  }
}

/** The text as UTF-8 if valid, else with each byte above 0x7f as `\xNN`, so that different names look different. */
function showBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString("utf8");
  if (!text.includes("\uFFFD")) return text;
  return buffer.toString("latin1").replace(/[\x80-\xff]/g, (one) => `\\x${one.charCodeAt(0).toString(16)}`);
}
