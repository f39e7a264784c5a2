import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { Fault } from "@release-actions/report";

/** Larger than any real manifest, lock file or workflow. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Thrown for a text file that is missing, not a file, too large or not UTF-8. */
export class TextError extends Fault {
  override readonly name = "TextError";
}

/** Reads a UTF-8 file. `shown` is the name for messages and annotations, usually relative to the repository. */
export function readText(file: string, shown: string = file): string {
  return decodeText(readBytes(file, shown), shown);
}

/** Decodes UTF-8. A byte order mark is kept, so that offsets match the file. @throws TextError when the bytes are not text */
export function decodeText(bytes: Uint8Array, shown: string): string {
  const location = { file: shown, line: 1 };
  if (bytes.length > MAX_BYTES) {
    throw new TextError(`${shown} has ${bytes.length} bytes, expected a text file of at most ${MAX_BYTES}`, {
      location,
    });
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw new TextError(`${shown} is not a text file: byte ${nul} is zero`, {
      location: { file: shown, line: lineOf(bytes, nul) },
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const line = firstInvalidLine(bytes);
    throw new TextError(`${shown}:${line} is not valid UTF-8`, { location: { file: shown, line }, cause: error });
  }
}

function readBytes(file: string, shown: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    const why =
      { ENOENT: "does not exist", EISDIR: "is a directory, expected a file" }[code] ?? `cannot be read: ${error}`;
    throw new TextError(`${shown} ${why}`, { location: { file: shown }, cause: error });
  }
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (const byte of bytes.subarray(0, offset)) if (byte === 0x0a) line += 1;
  return line;
}

/** UTF-8 sequences never span a line feed, so lines can be decoded one by one. */
function firstInvalidLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
