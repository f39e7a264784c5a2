import { crc32, deflateRawSync } from "node:zlib";

/** One file of a crafted zip. Fields that end in `Local` or `Central` change the value in that header only. */
export interface CraftedEntry {
  name: string | Uint8Array;
  data?: Uint8Array | string;
  deflate?: boolean;
  /** A data descriptor after the data, as streaming writers use; "bare" ones have no signature. */
  descriptor?: "signed" | "bare" | "signed64" | "bare64";
  /** Whether to write the sizes into a zip64 field, even if they do not need it. */
  zip64?: boolean;
  flags?: number;
  version?: number;
  method?: number;
  crc?: number;
  crcDescriptor?: number;
  size?: number;
  sizeLocal?: number;
  sizeDescriptor?: number;
  compressedSize?: number;
  nameLocal?: string;
  methodLocal?: number;
  mode?: number;
  /** The field "version made by" of the central directory: system and version. */
  madeBy?: number;
  /** Date and time as DOS writes them: the date in the upper 16 bits. */
  dosTime?: number;
  comment?: string;
  extra?: Uint8Array;
  /** Replaces `extra` in the local header. */
  extraLocal?: Uint8Array;
  headerOffset?: number;
  /** Replaces the compressed data. */
  raw?: Uint8Array;
  /** Bytes after the entry that belong to no header. */
  gap?: Uint8Array;
}

export interface CraftedEnd {
  count?: number;
  directoryOffset?: number;
  directorySize?: number;
  /** A zip64 end record, some of whose fields may be changed. */
  zip64?: { count?: bigint; size?: bigint; offset?: bigint; located?: bigint };
  comment?: string;
}

/** A zip with these entries and this end record; valid unless a field makes it invalid. */
export function zip(entries: readonly CraftedEntry[], end: CraftedEnd = {}): Buffer {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let position = 0;
  const push = (bytes: Uint8Array): void => {
    parts.push(bytes);
    position += bytes.length;
  };
  for (const entry of entries) {
    const crafted = craft(entry, position);
    push(crafted.local);
    central.push(crafted.central);
  }
  const directory = Buffer.concat(central);
  const start = position;
  push(directory);
  if (end.zip64 !== undefined) push(zip64End(end.zip64, entries.length, directory.length, start));
  const saturated = end.zip64 !== undefined && end.count === undefined;
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE((end.count ?? (saturated ? 0xffff : entries.length)) & 0xffff, 8);
  record.writeUInt16LE((end.count ?? (saturated ? 0xffff : entries.length)) & 0xffff, 10);
  record.writeUInt32LE(end.directorySize ?? (saturated ? 0xffffffff : directory.length), 12);
  record.writeUInt32LE(end.directoryOffset ?? (saturated ? 0xffffffff : start), 16);
  record.writeUInt16LE(end.comment?.length ?? 0, 20);
  push(record);
  push(Buffer.from(end.comment ?? ""));
  return Buffer.concat(parts);
}

function craft(entry: CraftedEntry, position: number): { local: Uint8Array; central: Uint8Array } {
  const data = Buffer.from(entry.data ?? "");
  const raw = entry.raw ?? (entry.deflate === true ? deflateRawSync(data) : data);
  const descriptorFlag = entry.descriptor === undefined ? 0 : 8;
  const flags = entry.flags ?? 0x800 | descriptorFlag;
  const method = entry.method ?? (entry.deflate === true ? 8 : 0);
  const crc = entry.crc ?? crc32(data);
  const size = entry.size ?? data.length;
  const compressedSize = entry.compressedSize ?? raw.length;
  const name = Buffer.from(entry.name);
  const comment = Buffer.from(entry.comment ?? "");
  const isDeferred = descriptorFlag !== 0;
  const common = (crcField: number, compressed: number, plain: number, methodField: number): Buffer => {
    const fields = Buffer.alloc(22);
    fields.writeUInt16LE(entry.version ?? (entry.zip64 === true ? 45 : 20), 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(methodField, 4);
    fields.writeUInt32LE(entry.dosTime ?? 0, 6);
    fields.writeUInt32LE(crcField >>> 0, 10);
    fields.writeUInt32LE(entry.zip64 === true ? 0xffffffff : compressed, 14);
    fields.writeUInt32LE(entry.zip64 === true ? 0xffffffff : plain, 18);
    return fields;
  };
  const nameLocal = Buffer.from(entry.nameLocal ?? name);
  const localSizes: [number, number] = isDeferred ? [0, 0] : [entry.sizeLocal ?? size, compressedSize];
  const extraLocal = Buffer.concat([
    entry.zip64 === true ? zip64Extra(localSizes) : u16(),
    entry.extraLocal ?? entry.extra ?? u16(),
  ]);
  const extraCentral = Buffer.concat([
    entry.zip64 === true ? zip64Extra([size, compressedSize]) : u16(),
    entry.extra ?? u16(),
  ]);
  const local = Buffer.concat([
    u32(0x04034b50),
    common(isDeferred ? 0 : crc, localSizes[1], localSizes[0], entry.methodLocal ?? method),
    u16(nameLocal.length, extraLocal.length),
    nameLocal,
    extraLocal,
    raw,
    descriptor(entry, entry.crcDescriptor ?? crc, compressedSize, entry.sizeDescriptor ?? size),
    entry.gap ?? u16(),
  ]);
  const central = Buffer.concat([
    u32(0x02014b50),
    u16(entry.madeBy ?? (3 << 8) | 45),
    common(crc, compressedSize, size, method),
    u16(name.length, extraCentral.length, comment.length, 0, 0),
    u32(((entry.mode ?? 0o100644) << 16) >>> 0, entry.headerOffset ?? position),
    name,
    extraCentral,
    comment,
  ]);
  return { local, central };
}

function descriptor(entry: CraftedEntry, crc: number, compressedSize: number, size: number): Buffer {
  if (entry.descriptor === undefined) return u16();
  const signature = entry.descriptor.startsWith("bare") ? u16() : u32(0x08074b50);
  const sizes = entry.descriptor.endsWith("64") ? u64(BigInt(compressedSize), BigInt(size)) : u32(compressedSize, size);
  return Buffer.concat([signature, u32(crc >>> 0), sizes]);
}

function zip64Extra([size, compressedSize]: [number, number]): Buffer {
  return Buffer.concat([u16(1, 16), u64(BigInt(size), BigInt(compressedSize))]);
}

function zip64End(said: NonNullable<CraftedEnd["zip64"]>, count: number, size: number, start: number): Buffer {
  const entries = said.count ?? BigInt(count);
  return Buffer.concat([
    u32(0x06064b50),
    u64(44n),
    u16(45, 45),
    u32(0, 0),
    u64(entries, entries, said.size ?? BigInt(size), said.offset ?? BigInt(start)),
    u32(0x07064b50, 0),
    u64(said.located ?? BigInt(start + size)),
    u32(1),
  ]);
}

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, index * 2);
  return bytes;
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function u64(...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(value, index * 8);
  return bytes;
}
