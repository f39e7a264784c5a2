import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type Cause, causeIfDifferent } from "./cause.ts";
import { readBoth, type Sources } from "./pair.ts";

/** The integrity checks that a stream header can name (xz-file-format.txt, 2.1.1.2). */
const CHECKS: ReadonlyMap<number, string> = new Map([
  [0x00, "none"],
  [0x01, "CRC32"],
  [0x04, "CRC64"],
  [0x0a, "SHA-256"],
]);
const STREAM_HEADER_BYTES = 12;

/**
 * Compares the headers of two xz files (https://tukaani.org/xz/xz-file-format.txt): the integrity check and the
 * filters, which show how the files were compressed.
 */
export async function compareXzHeaders(sources: Sources, place: string): Promise<Cause[]> {
  const [a, b] = await readBoth(sources, readHeaders);
  return [
    ...causeIfDifferent("compression", `${place}xz header, check`, a.check, b.check),
    ...causeIfDifferent("compression", `${place}xz block header, filters`, a.filters, b.filters),
  ];
}

async function readHeaders(source: RandomAccessSource) {
  const head = await readExactly(source, 0, Math.min(source.size, 1024 + STREAM_HEADER_BYTES));
  const check = head[7] ?? 0;
  const blockSize = ((head[STREAM_HEADER_BYTES] ?? 0) + 1) * 4;
  const block = Buffer.from(head.subarray(STREAM_HEADER_BYTES, STREAM_HEADER_BYTES + blockSize));
  // The sizes that multi-threaded xz stores here do not show how the data was compressed.
  const flags = block[1] ?? 0;
  let at = 2;
  for (const bit of [0x40, 0x80]) {
    if ((flags & bit) === 0) continue;
    while (((block[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
  }
  const filters = block
    .subarray(at, -4)
    .toString("hex")
    .replace(/(00)+$/, "");
  const stored = (flags & 0xc0) === 0 ? "" : ", sizes of blocks stored (threads)";
  return { check: CHECKS.get(check) ?? String(check), filters: `${(flags & 3) + 1} of them: 0x${filters}${stored}` };
}
