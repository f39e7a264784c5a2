import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import type { Range } from "./masked-source.ts";

/** The GUID that identifies one build of a .NET module (MVID; ECMA-335, II.22.30). */
export interface ModuleId extends Range {
  /** The GUID as .NET writes it: 8-4-4-4-12 hexadecimal digits. */
  readonly guid: string;
}

const GUID_BYTES = 16;
/** The size of a metadata root: it has few streams, whose names have up to 32 bytes each. */
const MAX_ROOT_BYTES = 1024;
const SIGNATURE = 0x424a5342;

/**
 * Reads the first GUID of the `#GUID` heap, where compilers write the module's id. `header` is the file offset of the
 * CLI header (II.25.3.3); `locate` converts an address in the image to a file offset.
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

/** The offset and size of the `#GUID` heap, relative to the metadata root (II.24.2.1 and II.24.2.2). */
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
    // The name with its terminating zero is padded to a multiple of 4 bytes.
    at += 8 + Math.ceil((end + 1 - at - 8) / 4) * 4;
  }
  return undefined;
}

/** In Microsoft's GUIDs the first three parts are little-endian numbers (RFC 9562, section 4). */
function formatGuid(bytes: Buffer): string {
  const number = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).reverse().toString("hex");
  const text = (start: number, end: number): string => bytes.toString("hex", start, end);
  return [number(0, 4), number(4, 6), number(6, 8), text(8, 10), text(10, 16)].join("-");
}
