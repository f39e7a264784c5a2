export interface CraftedPeSection {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** The address in memory. Default: 0x1000, 0x2000, ... */
  readonly address?: number;
}

export interface CraftedDebugEntry {
  readonly type: number;
  readonly stamp?: number;
  /** What it points to, such as a CodeView entry. */
  readonly data?: Uint8Array;
}

export interface CraftedPe {
  readonly machine?: number;
  /** Default: PE32+. */
  readonly isWide?: boolean;
  readonly linker?: readonly [major: number, minor: number];
  readonly stamp?: number;
  readonly checksum?: number;
  readonly subsystem?: number;
  readonly sections?: readonly CraftedPeSection[];
  /** Directories by number: an address in memory and a size. */
  readonly directories?: Readonly<Record<number, readonly [address: number, size: number]>>;
  /** A debug directory with its data, in a section `.debug` of its own. */
  readonly debug?: readonly CraftedDebugEntry[];
  /** Certificates, at the end of the file. */
  readonly certificates?: Uint8Array | string;
  /** The number of directories. Default: 16. */
  readonly count?: number;
}

export const HEADERS_BYTES = 0x400;
const DEBUG_ADDRESS = 0x9000;

export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, 4 * index);
  return bytes;
}

/** A program for Windows, headers in the first KiB (PE Format, Microsoft Learn). */
export function pe(parts: CraftedPe = {}): Buffer {
  const { machine = 0x8664, isWide = true, linker = [14, 0], stamp = 0, checksum = 0, count = 16 } = parts;
  const debug = parts.debug === undefined ? [] : [debugSection(parts.debug, parts.sections ?? [])];
  const sections = [...(parts.sections ?? []), ...debug];
  const head = Buffer.alloc(HEADERS_BYTES);
  head.write("MZ", 0, "latin1");
  head.writeUInt32LE(0x80, 60);
  head.write("PE\0\0", 0x80, "latin1");
  const coff = 0x84;
  const optional = coff + 20;
  const directories = optional + (isWide ? 112 : 96);
  head.writeUInt16LE(machine, coff);
  head.writeUInt16LE(sections.length, coff + 2);
  head.writeUInt32LE(stamp, coff + 4);
  head.writeUInt16LE(directories + 8 * count - optional, coff + 16);
  head.writeUInt16LE(isWide ? 0x20b : 0x10b, optional);
  head.writeUInt8(linker[0], optional + 2);
  head.writeUInt8(linker[1], optional + 3);
  head.writeUInt32LE(checksum, optional + 64);
  head.writeUInt16LE(parts.subsystem ?? 3, optional + 68);
  head.writeUInt32LE(count, directories - 4);
  const bodies = sections.map(({ bytes }) => Buffer.from(bytes));
  const end = HEADERS_BYTES + bodies.reduce((sum, body) => sum + body.length, 0);
  const certificates = Buffer.from(parts.certificates ?? "");
  const all: CraftedPe["directories"] = {
    ...parts.directories,
    ...(parts.debug === undefined ? {} : { 6: [DEBUG_ADDRESS, 28 * parts.debug.length] as const }),
    ...(parts.certificates === undefined ? {} : { 4: [end, certificates.length] as const }),
  };
  for (const [index, [address, size]] of Object.entries(all))
    words(address, size).copy(head, directories + 8 * Number(index));
  let at = HEADERS_BYTES;
  for (const [index, { name, address = 0x1000 * (index + 1) }] of sections.entries()) {
    const header = directories + 8 * count + 40 * index;
    const size = bodies[index]?.length ?? 0;
    head.write(name, header, "latin1");
    words(size, address, size, at).copy(head, header + 8);
    at += size;
  }
  return Buffer.concat([head, ...bodies, certificates]);
}

/** The entries, then what they point to. */
function debugSection(entries: readonly CraftedDebugEntry[], before: readonly CraftedPeSection[]): CraftedPeSection {
  let at = before.reduce((sum, { bytes }) => sum + Buffer.from(bytes).length, HEADERS_BYTES) + 28 * entries.length;
  const headers = entries.map(({ type, stamp = 0, data = Buffer.alloc(0) }) => {
    const header = words(0, stamp, 0, type, data.length, 0, data.length === 0 ? 0 : at);
    at += data.length;
    return header;
  });
  const data = entries.map((entry) => entry.data ?? Buffer.alloc(0));
  return { name: ".debug", address: DEBUG_ADDRESS, bytes: Buffer.concat([...headers, ...data]) };
}

/** A CodeView entry of the form RSDS: a GUID in hexadecimal, an age, the path of the PDB file. */
export function codeView(guid: string, pdbPath: string): CraftedDebugEntry {
  const data = Buffer.concat([Buffer.from("RSDS"), Buffer.from(guid, "hex"), words(1), Buffer.from(`${pdbPath}\0`)]);
  return { type: 2, data };
}

/** A section at this address, with a CLI header at its start followed by metadata (ECMA-335, II.24.2). */
export function managedSection(
  address: number,
  guid: string,
  streams: readonly (readonly [name: string, size: number])[] = [
    ["#~", 8],
    ["#GUID", 16],
  ],
): CraftedPeSection {
  const version = Buffer.from("v4.0.30319\0\0");
  const names = streams.map(([name]) => {
    const bytes = Buffer.from(`${name}\0`);
    return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  });
  const counts = Buffer.alloc(4);
  counts.writeUInt16LE(streams.length, 2);
  const rootSize = 16 + version.length + 4 + names.reduce((sum, name) => sum + 8 + name.length, 0);
  let at = rootSize;
  const headers = streams.map(([, size], index) => {
    const header = Buffer.concat([words(at, size), names[index] ?? Buffer.alloc(0)]);
    at += size;
    return header;
  });
  const heaps = streams.map(([name, size]) => (name === "#GUID" ? Buffer.from(guid, "hex") : Buffer.alloc(size, 7)));
  const root = Buffer.concat([words(0x424a5342, 0x00010001, 0, version.length), version, counts, ...headers]);
  const cli = Buffer.alloc(72);
  words(72, 0, address + 72, rootSize).copy(cli);
  return { name: ".text", address, bytes: Buffer.concat([cli, root, ...heaps]) };
}
