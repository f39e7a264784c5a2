import { countOf } from "@release-actions/report";
import { ByteReader } from "./byte-reader.ts";
import { ArchiveError } from "./error.ts";
import { quote } from "./member-path.ts";
import { FLAG, SIGNATURE } from "./zip-format.ts";
import type { CentralEntry, EntryFields } from "./zip-header.ts";

/** A file or folder of a zip. Sizes and offsets are in bytes. */
export interface ZipEntry extends CentralEntry {
  /** The offset of the data, which has `compressedSize` bytes. */
  readonly dataOffset: number;
}

/** Checks that an entry's local header and its directory entry agree in every field. */
export function requireSameEntry(local: EntryFields, central: CentralEntry): void {
  const differ = (what: string): ArchiveError =>
    new ArchiveError(
      "disagreement",
      `${quote(central.path)}: the local header and the directory differ in ${what}`,
      central.headerOffset,
    );
  if (Buffer.compare(local.nameBytes, central.nameBytes) !== 0) throw differ("the name");
  if (local.method !== central.method) throw differ("the method");
  if (local.flags !== central.flags) throw differ("the flags");
  const isDeferred = (central.flags & FLAG.dataDescriptor) !== 0;
  for (const field of ["crc32", "compressedSize", "size"] as const) {
    // With a data descriptor, the local header may have zero, because the writer did not know the value yet.
    if (local[field] !== central[field] && !(isDeferred && local[field] === 0)) throw differ(field);
  }
}

/** Checks that the two sizes of a stored file are equal. */
export function requirePossibleSizes({ path, method, size, compressedSize, headerOffset }: CentralEntry): void {
  if (method !== "stored" || size === compressedSize) return;
  const message = `${quote(path)} is not compressed, but has ${size} bytes and is stored in ${compressedSize}`;
  throw new ArchiveError("disagreement", message, headerOffset);
}

/**
 * Checks the data descriptor (4.3.9), which must fill the space after an entry's data. It has or lacks a
 * signature, and has 32-bit or 64-bit sizes; its length determines which.
 */
export function requireDescriptor(bytes: Uint8Array, offset: number, entry: CentralEntry): void {
  const refuse = (what: string): ArchiveError =>
    new ArchiveError("disagreement", `${quote(entry.path)}: ${what}`, offset);
  const isLong = bytes.length === 20 || bytes.length === 24;
  if (!isLong && bytes.length !== 12 && bytes.length !== 16) {
    throw refuse(`${countOf(bytes.length, "byte is", "bytes are")} after its data, where a data descriptor must be`);
  }
  const reader = new ByteReader(bytes, offset, "a data descriptor");
  if (bytes.length % 8 === 0 && reader.u32() !== SIGNATURE.dataDescriptor) {
    throw refuse("its data descriptor has no signature");
  }
  const crc32 = reader.u32();
  const [compressedSize, size] = isLong ? [reader.u64(), reader.u64()] : [reader.u32(), reader.u32()];
  if (crc32 !== entry.crc32) throw refuse("the CRCs in its data descriptor and in the directory differ");
  if (compressedSize !== entry.compressedSize || size !== entry.size) {
    throw refuse(
      `its data descriptor says ${compressedSize} and ${size} bytes, but the directory says ${entry.compressedSize} and ${entry.size}`,
    );
  }
}
