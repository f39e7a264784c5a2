import { countOf } from "@release-actions/report";
import { ByteReader } from "./byte-reader.ts";
import { ArchiveError } from "./error.ts";
import { PathSet } from "./member-path.ts";
import { type RandomAccessSource, readExactly } from "./source.ts";
import { IN_ZIP64, LENGTH, MAX_DIRECTORY_BYTES, MAX_ENTRIES, SIGNATURE } from "./zip-format.ts";
import { type CentralEntry, type LinkPolicy, readCentralHeader } from "./zip-header.ts";

export interface ZipDirectory {
  /** In the order of their data, which begins at the first byte of the file and has no gaps. */
  readonly entries: readonly CentralEntry[];
  /** The offset at which the data ends and the directory begins. */
  readonly start: number;
}

interface DirectoryPlace {
  readonly start: number;
  readonly size: number;
  readonly count: number;
  /** The offset of the end record that states the place. */
  readonly end: number;
}

/**
 * Reads the central directory. It must end where its end record begins, and that record must be the end of the
 * file, without a comment or other data after it.
 */
export async function readZipDirectory(
  source: RandomAccessSource,
  signal?: AbortSignal,
  links: LinkPolicy = "refuse",
): Promise<ZipDirectory> {
  const place = await findDirectory(source, signal);
  if (place.count > MAX_ENTRIES) {
    throw new ArchiveError("limit", `an archive of ${place.count} files; at most ${MAX_ENTRIES} are read`);
  }
  if (place.size > MAX_DIRECTORY_BYTES) throw new ArchiveError("limit", `a directory of ${place.size} bytes`);
  const bytes = await readExactly(source, place.start, place.size, signal);
  const reader = new ByteReader(bytes, place.start, "the central directory");
  const entries: CentralEntry[] = [];
  const paths = new PathSet();
  const seen = new Set<string>();
  while (reader.left > 0) {
    const offset = reader.offset;
    const entry = readCentralHeader(reader, links);
    paths.add(entry.path, entry.kind === "file" ? "leaf" : "folder", offset);
    if (seen.has(entry.path)) throw new ArchiveError("unsafe-name", `"${entry.path}" is listed twice`, offset);
    seen.add(entry.path);
    entries.push(entry);
  }
  if (entries.length !== place.count) {
    const message = `the directory has ${countOf(entries.length, "entry", "entries")}, but its end record says ${place.count}`;
    throw new ArchiveError("disagreement", message, place.start);
  }
  return { entries: entries.sort((a, b) => a.headerOffset - b.headerOffset), start: place.start };
}

async function findDirectory(source: RandomAccessSource, signal?: AbortSignal): Promise<DirectoryPlace> {
  const endOffset = source.size - LENGTH.end;
  if (endOffset < 0) throw new ArchiveError("cut", `a zip cannot have only ${countOf(source.size, "byte")}`, 0);
  const end = readEnd(
    new ByteReader(await readExactly(source, endOffset, LENGTH.end, signal), endOffset, "its end record"),
  );
  const zip64 = await readZip64End(source, endOffset, signal);
  const place = zip64 === undefined ? end : mergeEnds(end, zip64);
  if (place.start + place.size !== place.end) {
    const message = `the directory of ${place.size} bytes at ${place.start} does not end at its end record`;
    throw new ArchiveError("disagreement", message, endOffset);
  }
  return place;
}

/** The end record (4.3.16). */
function readEnd(reader: ByteReader): DirectoryPlace {
  const offset = reader.offset;
  if (reader.u32() !== SIGNATURE.end) {
    const message = "there is no end record at the end of the file: it is truncated, or there is data after the zip";
    throw new ArchiveError("cut", message, offset);
  }
  const [disk, directoryDisk, countHere, count] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const [size, start, commentLength] = [reader.u32(), reader.u32(), reader.u16()];
  if (disk !== 0 || directoryDisk !== 0 || countHere !== count) {
    throw new ArchiveError("unsupported", "an archive of several disks", offset);
  }
  if (commentLength !== 0)
    throw new ArchiveError(
      "cut",
      `${countOf(commentLength, "byte")} of comment ${commentLength === 1 ? "is" : "are"} missing`,
      offset,
    );
  return { count, size, start, end: offset };
}

/** The zip64 end record (4.3.14), if its locator (4.3.15) is before the end record. */
async function readZip64End(
  source: RandomAccessSource,
  endOffset: number,
  signal?: AbortSignal,
): Promise<DirectoryPlace | undefined> {
  const locatorOffset = endOffset - LENGTH.zip64Locator;
  const recordOffset = locatorOffset - LENGTH.zip64End;
  if (recordOffset < 0) return undefined;
  const locatorBytes = await readExactly(source, locatorOffset, LENGTH.zip64Locator, signal);
  const locator = new ByteReader(locatorBytes, locatorOffset, "the zip64 locator");
  if (locator.u32() !== SIGNATURE.zip64Locator) return undefined;
  const [locatorDisk, located, disks] = [locator.u32(), locator.u64(), locator.u32()];
  if (locatorDisk !== 0 || disks > 1)
    throw new ArchiveError("unsupported", "an archive of several disks", locatorOffset);
  if (located !== recordOffset) {
    throw new ArchiveError("disagreement", `the zip64 locator points to ${located}, not before itself`, locatorOffset);
  }
  const bytes = await readExactly(source, recordOffset, LENGTH.zip64End, signal);
  const record = new ByteReader(bytes, recordOffset, "the zip64 end record");
  const [signature, length] = [record.u32(), record.u64()];
  if (signature !== SIGNATURE.zip64End || length !== LENGTH.zip64End - 12) {
    throw new ArchiveError("malformed", "the zip64 end record is invalid", recordOffset);
  }
  record.u32(); // Versions (made by, needed to extract): ignored, because each entry has its own.
  const [disk, directoryDisk, countHere, count] = [record.u32(), record.u32(), record.u64(), record.u64()];
  if (disk !== 0 || directoryDisk !== 0 || countHere !== count) {
    throw new ArchiveError("unsupported", "an archive of several disks", recordOffset);
  }
  return { count, size: record.u64(), start: record.u64(), end: recordOffset };
}

/** If the short record has a value itself, the zip64 record must have the same value. */
function mergeEnds(short: DirectoryPlace, long: DirectoryPlace): DirectoryPlace {
  const agrees =
    (short.count === IN_ZIP64.u16 || short.count === long.count) &&
    (short.size === IN_ZIP64.u32 || short.size === long.size) &&
    (short.start === IN_ZIP64.u32 || short.start === long.start);
  if (agrees) return long;
  throw new ArchiveError("disagreement", "the end record and the zip64 end record differ", long.end);
}
