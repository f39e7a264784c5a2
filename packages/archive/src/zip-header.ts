import type { ByteReader } from "./byte-reader.ts";
import { ArchiveError } from "./error.ts";
import { canonicalPath, decodeName, quote } from "./member-path.ts";
import {
  ENCRYPTION_FLAGS,
  FLAG,
  IN_ZIP64,
  MAX_VERSION_NEEDED,
  METHODS,
  SIGNATURE,
  type ZipMethod,
} from "./zip-format.ts";

/** What to do with symbolic links: refuse them when files are written to disk; list them when files are only read. */
export type LinkPolicy = "refuse" | "list";

/** The fields of both headers of an entry. Sizes are in bytes. */
export interface EntryFields {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: ZipMethod;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
}

/** An entry as the central directory describes it (4.3.12). */
export interface CentralEntry extends EntryFields {
  readonly headerOffset: number;
  /** Unix permission bits, if the writer recorded them. */
  readonly mode: number | undefined;
  /** Whether it is a symbolic link, whose data is its target. Links are refused unless the caller accepts them. */
  readonly isLink: boolean;
}

export function readCentralHeader(reader: ByteReader, links: LinkPolicy = "refuse"): CentralEntry {
  const start = reader.offset;
  requireSignature(reader, SIGNATURE.centralHeader, "a central directory entry");
  const madeBy = reader.u16();
  const common = readCommon(reader);
  const [nameLength, extraLength, commentLength] = [reader.u16(), reader.u16(), reader.u16()];
  const disk = reader.u16();
  reader.u16(); // Internal attributes: whether the writer considers the file text.
  const externalAttributes = reader.u32();
  const headerOffset = reader.u32();
  const nameBytes = reader.bytes(nameLength);
  const { size, compressedSize } = common;
  const numbers = readExtra(reader, extraLength, { size, compressedSize, headerOffset });
  reader.bytes(commentLength);
  if (disk !== 0) throw new ArchiveError("unsupported", "an archive of several disks", start);
  return {
    ...describe(nameBytes, common, start),
    ...numbers,
    ...unixAttributes(madeBy, externalAttributes, nameBytes, start, links),
  };
}

/** Reads the local header, which is before the data (4.3.7). With a data descriptor, its CRC and sizes may be zero. */
export function readLocalHeader(reader: ByteReader): EntryFields {
  const start = reader.offset;
  requireSignature(reader, SIGNATURE.localHeader, "a local header");
  const common = readCommon(reader);
  const [nameLength, extraLength] = [reader.u16(), reader.u16()];
  const nameBytes = reader.bytes(nameLength);
  const { size, compressedSize } = common;
  // In a local header, the zip64 field must have both sizes if it has one (4.5.3).
  const numbers = readExtra(reader, extraLength, { size, compressedSize }, { allOrNone: true });
  return { ...describe(nameBytes, common, start), ...numbers };
}

function readCommon(reader: ByteReader) {
  const [versionNeeded, flags, method] = [reader.u16(), reader.u16(), reader.u16()];
  reader.u32(); // Time and date.
  const [crc32, compressedSize, size] = [reader.u32(), reader.u32(), reader.u32()];
  return { flags, method, versionNeeded, crc32, compressedSize, size };
}

function describe(nameBytes: Uint8Array, common: ReturnType<typeof readCommon>, start: number) {
  const { flags, crc32 } = common;
  const name = decodeZipName(nameBytes, flags, start);
  const refuse = (what: string): ArchiveError => new ArchiveError("unsupported", `${quote(name)} ${what}`, start);
  if ((flags & ENCRYPTION_FLAGS) !== 0) throw refuse("is encrypted");
  if ((flags & ~(FLAG.deflateOption | FLAG.dataDescriptor | FLAG.utf8)) !== 0) {
    throw refuse(`has flags that are not known: 0x${flags.toString(16)}`);
  }
  const { method: id, versionNeeded } = common;
  if (versionNeeded > MAX_VERSION_NEEDED) throw refuse(`needs version ${versionNeeded / 10} of the zip format`);
  const method = id === 0 || id === 8 ? METHODS[id] : undefined;
  if (method === undefined) throw refuse(`uses the compression method ${id}`);
  const path = canonicalPath(name, start);
  if (path !== name.replace(/\/$/, ""))
    throw new ArchiveError("unsafe-name", `${quote(name)} is not a normalized path`, start);
  if (path.split("/").some((part) => RESERVED_NAME.test(part))) {
    throw new ArchiveError("unsafe-name", `${quote(name)} cannot be a file name on Windows`, start);
  }
  const kind = name.endsWith("/") ? ("directory" as const) : ("file" as const);
  if (kind === "directory" && common.size !== 0) {
    throw new ArchiveError("malformed", `the folder ${quote(name)} has data`, start);
  }
  return { path, kind, nameBytes, flags, method, crc32 };
}

/** Names that mean something else on Windows: device names, and names with an ending or character that it does not keep. */
const RESERVED_NAME = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$|[. ]$|[<>:"|?*]/i;

function decodeZipName(bytes: Uint8Array, flags: number, start: number): string {
  // Without the flag, the name is in an unknown DOS code page. Only ASCII is the same in all of them.
  if ((flags & FLAG.utf8) === 0 && bytes.some((byte) => byte >= 0x80)) {
    throw new ArchiveError("unsafe-name", "a name with other letters than ASCII is not marked as UTF-8", start);
  }
  return decodeName(bytes, start);
}

/**
 * Reads the extra fields and returns the header's numbers, each of which may be in the zip64 field (4.5.3). That field
 * must have exactly the numbers that the header refers to it for: any other would be a second value for the same field.
 */
function readExtra<T extends Readonly<Record<string, number>>>(
  reader: ByteReader,
  length: number,
  inHeader: T,
  { allOrNone = false } = {},
): T {
  const end = reader.offset + length;
  const names = Object.keys(inHeader);
  const wanted = names.filter((name) => inHeader[name] === IN_ZIP64.u32);
  const stored = allOrNone && wanted.length > 0 ? names : wanted;
  let inZip64: ReadonlyMap<string, number> | undefined;
  while (end - reader.offset >= 4) {
    const start = reader.offset;
    const [id, size] = [reader.u16(), reader.u16()];
    if (size > end - reader.offset)
      throw new ArchiveError("malformed", "an extra field reaches past its header", start);
    if (id === UNICODE_PATH) throw new ArchiveError("unsafe-name", "an extra field gives a second name", start);
    if (id !== ZIP64_EXTRA) {
      reader.bytes(size);
      continue;
    }
    if (inZip64 !== undefined) throw new ArchiveError("disagreement", "two zip64 fields in one header", start);
    if (size !== stored.length * 8) {
      throw new ArchiveError("disagreement", "a zip64 field does not match the header's fields", start);
    }
    inZip64 = new Map(stored.map((name) => [name, reader.u64()]));
  }
  if (reader.offset !== end) throw new ArchiveError("malformed", "extra fields do not fill their space", reader.offset);
  if (inZip64 === undefined && wanted.length > 0) {
    throw new ArchiveError("malformed", "a header points to a zip64 field that is not there", end);
  }
  return { ...inHeader, ...Object.fromEntries(wanted.map((name) => [name, inZip64?.get(name)])) };
}

const ZIP64_EXTRA = 0x0001;
const UNICODE_PATH = 0x7075;

/** The Unix mode: the upper half of the external attributes, if a Unix system (3) or macOS (19) wrote them. */
function unixAttributes(
  madeBy: number,
  attributes: number,
  name: Uint8Array,
  start: number,
  links: LinkPolicy,
): Pick<CentralEntry, "mode" | "isLink"> {
  const system = madeBy >> 8;
  const mode = attributes >>> 16;
  if ((system !== 3 && system !== 19) || mode === 0) return { mode: undefined, isLink: false };
  const type = mode & 0o170000;
  const isFolder = name.at(-1) === 0x2f;
  const isLink = type === 0o120000 && !isFolder && links === "list";
  if (type !== 0 && type !== (isFolder ? 0o040000 : 0o100000) && !isLink) {
    const what = type === 0o120000 ? "a symbolic link" : `not a plain file or folder, its mode is ${mode.toString(8)}`;
    throw new ArchiveError("unsupported", `${quote(Buffer.from(name).toString())} is ${what}`, start);
  }
  return { mode: mode & 0o7777, isLink };
}

function requireSignature(reader: ByteReader, signature: number, what: string): void {
  const offset = reader.offset;
  if (reader.u32() !== signature) throw new ArchiveError("malformed", `${what} must begin here`, offset);
}
