import { Buffer } from "node:buffer";
import type { RandomAccessSource } from "@release-actions/archive";

/** Fewer printable bytes than this do not count as text. */
export const MIN_LENGTH = 4;
/** A longer run of printable bytes is a data file; it is cut, and its pieces are compared like separate runs. */
export const MAX_RUN_LENGTH = 8192;

/** A run of printable bytes and where it is. */
export interface TextRun {
  readonly text: string;
  readonly offset: number;
  /** Whether the bytes around it show where it begins: its length precedes it, or the NUL of another text. */
  readonly isDelimited?: boolean;
  /** Whether NULs surround it, as they surround strings in C. */
  readonly isCString?: boolean;
}

/** The run of printable bytes that a scan has just found; valid until `onRun` returns. */
export interface ScannedRun extends Required<Omit<TextRun, "text">> {
  readonly length: number;
  /** Two independent hashes of the text, 32 bits each. */
  readonly hash: number;
  readonly check: number;
  text(): string;
}

/**
 * Calls `onRun` for each run of printable bytes, including tabs, in constant memory; `false` ends the scan. This is a
 * callback because an asynchronous generator would take most of the time with millions of runs.
 */
export async function scanRuns(
  source: RandomAccessSource,
  start: number,
  onRun: (run: ScannedRun) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  let [length, hash, check, from] = [0, 0, 0, 0];
  let [before, lastEnd] = [-1, -1];
  let pending: Buffer[] = [];
  let at = start;
  const run = (chunk: Uint8Array, end: number, offset: number, behind = -1): ScannedRun => {
    const [earlier, begin] = [pending, from];
    const isDelimited = before === length || (before === 0 && lastEnd === offset - length - 1);
    lastEnd = offset;
    return {
      offset: offset - length,
      length,
      hash,
      check,
      isDelimited,
      isCString: before === 0 && behind === 0,
      text: () => Buffer.concat([...earlier, chunk.subarray(begin, end)]).toString("latin1"),
    };
  };
  for await (const chunk of source.read(start, source.size - start, signal)) {
    from = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      if ((byte >= 0x20 && byte < 0x7f) || byte === 0x09) {
        if (length === 0) {
          from = index;
          hash = 0x811c9dc5;
          check = 0;
        }
        hash = Math.imul(hash ^ byte, 0x01000193);
        check = (Math.imul(check, 31) + byte) | 0;
        length += 1;
        if (length < MAX_RUN_LENGTH) continue;
        if (!onRun(run(chunk, index + 1, at + index + 1))) return;
      } else {
        if (length >= MIN_LENGTH && !onRun(run(chunk, index, at + index, byte))) return;
        before = byte;
      }
      length = 0;
      if (pending.length > 0) pending = [];
    }
    if (length > 0) pending.push(Buffer.from(chunk.subarray(from)));
    at += chunk.length;
  }
  from = 0;
  if (length >= MIN_LENGTH) onRun(run(new Uint8Array(0), 0, at));
}
