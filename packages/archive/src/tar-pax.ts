import { ArchiveError } from "./error.ts";
import { decodeName } from "./member-path.ts";

/** The records of an extended header that matter to a reader. */
export interface PaxRecords {
  readonly path?: string;
  readonly linkPath?: string;
  /** In bytes. */
  readonly size?: number;
}

/**
 * Reads the records of a PAX extended header, each of the form `<length> <key>=<value>\n`, where the length is that of
 * the whole record (POSIX.1-2017 pax, "pax Extended Header"). Unknown keys are left out.
 */
export function parsePax(bytes: Uint8Array, offset: number): PaxRecords {
  const records = new Map<string, Uint8Array>();
  for (const { key, value, at } of readRecords(bytes, offset)) {
    if (key.startsWith("GNU.sparse.")) {
      throw new ArchiveError("unsupported", "a sparse member, of which parts are left out", at);
    }
    if (records.has(key)) throw new ArchiveError("disagreement", `PAX tells "${key}" twice`, at);
    records.set(key, value);
  }
  const path = records.get("path");
  const linkPath = records.get("linkpath");
  const size = records.get("size");
  return {
    ...(path && { path: decodeText(path, "path", offset) }),
    ...(linkPath && { linkPath: decodeText(linkPath, "linkpath", offset) }),
    ...(size && { size: paxSize(Buffer.from(size).toString("latin1"), offset) }),
  };
}

/** All records in their order, including repeated keys. Invalid UTF-8 in values becomes replacement characters. */
export function paxRecords(bytes: Uint8Array, offset: number): readonly (readonly [string, string])[] {
  return Array.from(readRecords(bytes, offset), ({ key, value }) => [key, Buffer.from(value).toString("utf8")]);
}

/** The records one after the other; `at` is the offset of the record in the archive. */
function* readRecords(bytes: Uint8Array, offset: number): Generator<{ key: string; value: Uint8Array; at: number }> {
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    const at = offset + start;
    const refuse = (what: string): ArchiveError => new ArchiveError("malformed", `a PAX record ${what}`, at);
    const space = bytes.indexOf(0x20, start);
    const digits = Buffer.from(bytes.subarray(start, space === -1 ? start : space)).toString("latin1");
    if (!/^[1-9][0-9]{0,9}$/.test(digits)) throw refuse("does not begin with its length");
    end = start + Number(digits);
    if (end > bytes.length) throw refuse(`of ${digits} bytes does not fit its header`);
    if (bytes[end - 1] !== 0x0a) throw refuse("does not end with a line feed");
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals === -1 || equals >= end || equals === space + 1) throw refuse("has no key");
    yield { key: decodeName(bytes.subarray(space + 1, equals), at), value: bytes.subarray(equals + 1, end - 1), at };
  }
}

function decodeText(value: Uint8Array, key: string, offset: number): string {
  if (value.includes(0)) throw new ArchiveError("unsafe-name", `PAX ${key} holds a NUL`, offset);
  return decodeName(value, offset);
}

/** Reads a number in decimal digits, as PAX writes it; NaN for other text and for numbers too large to be exact. */
export function paxNumber(text = ""): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** Reads a size in bytes. @throws ArchiveError when the text is not a size */
export function paxSize(text: string, offset: number): number {
  const size = paxNumber(text);
  if (!Number.isNaN(size)) return size;
  throw new ArchiveError("malformed", `PAX size is not a size: ${JSON.stringify(text.slice(0, 40))}`, offset);
}
