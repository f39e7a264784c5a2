import type { ByteOrder } from "@release-actions/bytes";
import { ByteReader } from "./byte-reader.ts";
import { architectureName } from "./cpu.ts";
import { MachoError } from "./error.ts";
import { type BuildVersion, type LoadCommand, readBuildVersion, readLoadCommands } from "./load-commands.ts";
import { readSegments, type Segment } from "./segments.ts";

/** A byte range of the image. */
export interface ByteRange {
  readonly offset: number;
  readonly size: number;
}

/** One architecture: a thin file, or one slice of a fat one. All offsets count from `bytes[0]`. */
export interface MachoImage {
  readonly bytes: Uint8Array;
  /** The offset of the image in its file. */
  readonly start: number;
  readonly order: ByteOrder;
  /** As `lipo` names it: `arm64`, `x86_64`. */
  readonly architecture: string;
  readonly cpuType: number;
  /** `execute`, `dylib`, `bundle`, `object`, ... or the number. */
  readonly fileType: string;
  readonly loadCommands: readonly LoadCommand[];
  readonly segments: readonly Segment[];
  /** Upper-case with dashes, as `dwarfdump --uuid` prints it. */
  readonly uuid: string | undefined;
  readonly build: BuildVersion | undefined;
  /** The range of the signature, according to LC_CODE_SIGNATURE. */
  readonly codeSignature: ByteRange | undefined;
}

/** The byte order and the size of the header in bytes, by magic number (mach-o/loader.h). */
const HEADERS: ReadonlyMap<number, { readonly order: ByteOrder; readonly size: number }> = new Map([
  [0xfeedface, { order: "big", size: 28 }],
  [0xfeedfacf, { order: "big", size: 32 }],
  [0xcefaedfe, { order: "little", size: 28 }],
  [0xcffaedfe, { order: "little", size: 32 }],
]);

/** MH_* of mach-o/loader.h. */
const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  [0x1, "object"],
  [0x2, "execute"],
  [0x3, "fvmlib"],
  [0x4, "core"],
  [0x5, "preload"],
  [0x6, "dylib"],
  [0x7, "dylinker"],
  [0x8, "bundle"],
  [0x9, "dylib-stub"],
  [0xa, "dsym"],
  [0xb, "kext"],
  [0xc, "fileset"],
]);

const LOADS_LIBRARY = /^LC_(LOAD|REEXPORT|LAZY_LOAD|LOAD_WEAK|LOAD_UPWARD)_DYLIB$/;

export function isImageMagic(magic: number): boolean {
  return HEADERS.has(magic);
}

/**
 * Reads `mach_header[_64]` and its load commands (mach-o/loader.h). Nothing is copied.
 *
 * @param start the offset of `bytes` in the file, for errors only
 * @throws MachoError with the offset of the byte
 */
export function readImage(bytes: Uint8Array, start = 0): MachoImage {
  const magic = new ByteReader(bytes, "Mach-O header", "big", start).u32(0);
  const header = HEADERS.get(magic);
  if (header === undefined) {
    throw new MachoError(`not a Mach-O image: it starts with 0x${magic.toString(16).padStart(8, "0")}`, start);
  }
  const reader = new ByteReader(bytes, "Mach-O header", header.order, start);
  const cpuType = reader.u32(4);
  const architecture = architectureName(cpuType, reader.u32(8));
  const fileType = reader.u32(12);
  const area = reader.window(header.size, reader.u32(20), "Mach-O load commands");
  const loadCommands = readLoadCommands(area, reader.u32(16), header.size);

  requireLibraryNames(reader, loadCommands);
  return {
    bytes,
    start,
    order: header.order,
    architecture,
    cpuType,
    fileType: FILE_TYPES.get(fileType) ?? String(fileType),
    loadCommands,
    segments: readSegments(reader, loadCommands),
    uuid: readUuid(reader, loadCommands),
    build: readBuildVersion(reader, loadCommands),
    codeSignature: readSignatureRange(reader, loadCommands),
  };
}

function readUuid(reader: ByteReader, commands: readonly LoadCommand[]): string | undefined {
  const command = commands.find(({ name }) => name === "LC_UUID");
  if (command === undefined) return undefined;
  const hex = Buffer.from(reader.slice(command.offset + 8, 16))
    .toString("hex")
    .toUpperCase();
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function readSignatureRange(reader: ByteReader, commands: readonly LoadCommand[]): ByteRange | undefined {
  const found = commands.filter(({ name }) => name === "LC_CODE_SIGNATURE");
  const [command, second] = found;
  if (command === undefined) return undefined;
  if (second !== undefined) throw reader.error("there are two LC_CODE_SIGNATURE commands", second.offset);
  const range = { offset: reader.u32(command.offset + 8), size: reader.u32(command.offset + 12) };
  reader.slice(range.offset, range.size);
  return range;
}

/** The names are not used, but the loader refuses an image in which one lies outside of its command. */
function requireLibraryNames(reader: ByteReader, commands: readonly LoadCommand[]): void {
  for (const { name, offset, size } of commands) {
    if (!LOADS_LIBRARY.test(name)) continue;
    const command = reader.window(offset, size, "library load command");
    command.text(command.u32(8), size);
  }
}
