import { types } from "node:util";
import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { Fault } from "@release-actions/report";
import type { Range } from "./masked-source.ts";
import { type ModuleId, readModuleId } from "./pe-module-id.ts";

/** A PE file whose headers are cut or contradict each other. */
export class PeError extends Fault {
  override readonly name = "PeError";
}

export interface PeSection extends Range {
  readonly name: string;
  /** The address in memory, relative to the start of the image. */
  readonly address: number;
}

/** A timestamp field of a header: seconds since 1970, or a hash. */
export interface PeStamp {
  readonly name: string;
  readonly offset: number;
  readonly value: number;
}

export interface CodeView extends Range {
  readonly guid: string;
  readonly pdbPath: string;
}

/** The contents of the headers of a PE file (PE Format, Microsoft Learn). */
export interface PeFile {
  readonly source: RandomAccessSource;
  readonly machine: string;
  readonly linker: string;
  readonly subsystem: number;
  /** Whether it contains .NET code, whose `.text` section also has names and the module id. */
  readonly isManaged: boolean;
  readonly moduleId: ModuleId | undefined;
  readonly sections: readonly PeSection[];
  readonly stamps: readonly PeStamp[];
  /** The position of the checksum in the optional header. */
  readonly checksum: Range;
  readonly codeView: CodeView | undefined;
  /** Whether the linker marked its timestamps as hashes (IMAGE_DEBUG_TYPE_REPRO). */
  readonly isReproducible: boolean;
  /** The position of the certificates, and of the directory entry that points to them. */
  readonly certificates: Range | undefined;
  readonly certificateEntry: Range;
}

/** `Machine` of the COFF header (PE Format, "Machine Types"). */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x14c, "x86"],
  [0x1c4, "arm"],
  [0x8664, "x86_64"],
  [0xaa64, "aarch64"],
]);
const DIRECTORIES = { export: 0, resource: 2, certificate: 4, debug: 6, clr: 14 } as const;
const DEBUG_ENTRY_BYTES = 28;
const CODE_VIEW = 2;
const REPRO = 16;
const MAX_HEADER_BYTES = 64 * 1024;

/** Whether a file is a PE file: the DOS header has the offset of `PE\0\0`. */
export async function isPe(source: RandomAccessSource, head: Uint8Array): Promise<boolean> {
  if (head.length < 64 || head[0] !== 0x4d || head[1] !== 0x5a) return false;
  const at = Buffer.from(head.subarray(0, 64)).readUInt32LE(60);
  if (at + 24 > source.size || at > MAX_HEADER_BYTES) return false;
  return Buffer.from(await readExactly(source, at, 4)).toString("latin1") === "PE\0\0";
}

export async function readPe(source: RandomAccessSource): Promise<PeFile> {
  const head = Buffer.from(await readExactly(source, 0, Math.min(MAX_HEADER_BYTES, source.size)));
  try {
    return await parse(source, head);
  } catch (error) {
    if (!types.isNativeError(error) || error.name !== "RangeError") throw error;
    throw new PeError("the headers of the PE file are cut or point outside it", { cause: error });
  }
}

async function parse(source: RandomAccessSource, head: Buffer): Promise<PeFile> {
  const coff = head.readUInt32LE(60) + 4;
  const optional = coff + 20;
  const isWide = head.readUInt16LE(optional) === 0x20b;
  const directories = optional + (isWide ? 112 : 96);
  const sections = readSections(head, optional + head.readUInt16LE(coff + 16), head.readUInt16LE(coff + 2));
  const count = head.readUInt32LE(directories - 4);
  const directory = (index: number): { address: number; size: number } =>
    index < count
      ? { address: head.readUInt32LE(directories + 8 * index), size: head.readUInt32LE(directories + 8 * index + 4) }
      : { address: 0, size: 0 };
  const stamps: PeStamp[] = [
    { name: "COFF header, TimeDateStamp", offset: coff + 4, value: head.readUInt32LE(coff + 4) },
  ];
  for (const name of ["export", "resource"] as const) {
    const at = locate(sections, directory(DIRECTORIES[name]).address);
    if (at === undefined || at + 8 > source.size) continue;
    const value = Buffer.from(await readExactly(source, at + 4, 4)).readUInt32LE(0);
    stamps.push({ name: `${name} directory, TimeDateStamp`, offset: at + 4, value });
  }
  const debug = await readDebug(source, sections, directory(DIRECTORIES.debug));
  const clr = locate(sections, directory(DIRECTORIES.clr).address);
  const certificate = directory(DIRECTORIES.certificate);
  const entry = directories + 8 * DIRECTORIES.certificate;
  return {
    source,
    machine: MACHINES.get(head.readUInt16LE(coff)) ?? `machine 0x${head.readUInt16LE(coff).toString(16)}`,
    linker: `${head.readUInt8(optional + 2)}.${head.readUInt8(optional + 3)}`,
    subsystem: head.readUInt16LE(optional + 68),
    isManaged: directory(DIRECTORIES.clr).size > 0,
    moduleId: clr === undefined ? undefined : await readModuleId(source, clr, (address) => locate(sections, address)),
    sections,
    stamps: [...stamps, ...debug.stamps],
    checksum: { start: optional + 64, end: optional + 68 },
    codeView: debug.codeView,
    isReproducible: debug.isReproducible,
    // Unlike all others, this directory has a file offset instead of an address in memory.
    certificates:
      certificate.size > 0 && certificate.address + certificate.size <= source.size
        ? { start: certificate.address, end: certificate.address + certificate.size }
        : undefined,
    certificateEntry: { start: entry, end: entry + 8 },
  };
}

function readSections(head: Buffer, start: number, count: number): PeSection[] {
  return Array.from({ length: count }, (_none, index) => {
    const at = start + 40 * index;
    const offset = head.readUInt32LE(at + 20);
    return {
      name: head.toString("latin1", at, at + 8).replace(/\0+$/, ""),
      address: head.readUInt32LE(at + 12),
      start: offset,
      end: offset + head.readUInt32LE(at + 16),
    };
  });
}

function locate(sections: readonly PeSection[], address: number): number | undefined {
  if (address === 0) return undefined;
  const section = sections.find((one) => address >= one.address && address < one.address + one.end - one.start);
  return section === undefined ? undefined : section.start + address - section.address;
}

async function readDebug(
  source: RandomAccessSource,
  sections: readonly PeSection[],
  { address, size }: { readonly address: number; readonly size: number },
): Promise<{ stamps: PeStamp[]; codeView: CodeView | undefined; isReproducible: boolean }> {
  const start = locate(sections, address);
  const stamps: PeStamp[] = [];
  let codeView: CodeView | undefined;
  let isReproducible = false;
  for (
    let at = start ?? 0;
    start !== undefined && at + DEBUG_ENTRY_BYTES <= start + Math.min(size, 4096);
    at += DEBUG_ENTRY_BYTES
  ) {
    const entry = Buffer.from(await readExactly(source, at, DEBUG_ENTRY_BYTES));
    const [type, length, offset] = [entry.readUInt32LE(12), entry.readUInt32LE(16), entry.readUInt32LE(24)];
    stamps.push({
      name: `debug directory entry ${stamps.length + 1}, TimeDateStamp`,
      offset: at + 4,
      value: entry.readUInt32LE(4),
    });
    if (type === REPRO) isReproducible = true;
    if (type !== CODE_VIEW || length < 24 || length > 4096 || offset + length > source.size) continue;
    const data = Buffer.from(await readExactly(source, offset, length));
    if (data.toString("latin1", 0, 4) !== "RSDS") continue;
    const guid = data.toString("hex", 4, 20);
    codeView = {
      start: offset + 4,
      end: offset + length,
      guid,
      pdbPath: data.toString("utf8", 24).replace(/\0.*/s, ""),
    };
  }
  return { stamps, codeView, isReproducible };
}
