import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import type { Range } from "./masked-source.ts";

/** The GUID by which .NET tells apart builds of a module (MVID; ECMA-335, II.22.30). */
export interface ModuleId extends Range {
  /** As .NET writes it: 8-4-4-4-12 hexadecimal digits. */
  readonly guid: string;
}

const GUID_BYTES = 16;
/** A root with the few streams that there are, whose names have up to 32 bytes each. */
const MAX_ROOT_BYTES = 1024;
const SIGNATURE = 0x424a5342;

/**
 * The first GUID of the `#GUID` heap, which is the module's in what compilers write. `header` is where the CLI header is
 * in the file (II.25.3.3), `locate` turns an address of the image into a place of the file.
 */
export async function readModuleId(
  source: RandomAccessSource,
  header: number,
  locate: (address: number) => number | undefined,
): Promise<ModuleId | undefined> {
  if (header + GUID_BYTES > source.size) return undefined;
  const address = Buffer.from(await readExactly(source, header + 8, 4)).readUInt32LE(0);
  const root = locate(address);
  if (root === undefined || root >= source.size) return undefined;
  const bytes = Buffer.from(await readExactly(source, root, Math.min(MAX_ROOT_BYTES, source.size - root)));
  const heap = findHeap(bytes);
  if (heap === undefined || heap.size < GUID_BYTES) return undefined;
  const start = root + heap.offset;
  if (start + GUID_BYTES > source.size) return undefined;
  return {
    start,
    end: start + GUID_BYTES,
    guid: formatGuid(Buffer.from(await readExactly(source, start, GUID_BYTES))),
  };
}

/** Where the `#GUID` heap is, from the root of the metadata (II.24.2.1 and II.24.2.2). */
function findHeap(root: Buffer): { offset: number; size: number } | undefined {
  if (root.length < 20 || root.readUInt32LE(0) !== SIGNATURE) return undefined;
  const streams = 16 + root.readUInt32LE(12);
  if (streams + 4 > root.length) return undefined;
  let at = streams + 4;
  for (let left = root.readUInt16LE(streams + 2); left > 0 && at + 12 <= root.length; left -= 1) {
    const end = root.indexOf(0, at + 8);
    if (end < 0) return undefined;
    if (root.toString("latin1", at + 8, end) === "#GUID")
      return { offset: root.readUInt32LE(at), size: root.readUInt32LE(at + 4) };
    // The name and its zero fill whole words.
    at += 8 + Math.ceil((end + 1 - at - 8) / 4) * 4;
  }
  return undefined;
}

/** The first three parts are little-endian numbers (RFC 9562, 4, of Microsoft's form). */
function formatGuid(bytes: Buffer): string {
  const number = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).reverse().toString("hex");
  const text = (start: number, end: number): string => bytes.toString("hex", start, end);
  return [number(0, 4), number(4, 6), number(6, 8), text(8, 10), text(10, 16)].join("-");
}
