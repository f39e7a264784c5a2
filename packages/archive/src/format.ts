/** The format of a file by its first bytes, since file names and HTTP headers may be wrong. */
export type Format = "tar" | "gzip" | "zstd" | "zip" | "xz" | "bzip2" | "html" | "json" | "empty" | "unknown";

/** How many bytes from the start `detectFormat` reads. */
export const FORMAT_BYTES = 512;

const MAGICS: readonly (readonly [Format, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  // A zip without entries begins with its end record.
  ["zip", [0x50, 0x4b, 0x05, 0x06]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/** Detects a format by its magic. `head` has the first `FORMAT_BYTES` bytes, or all if there are fewer. */
export function detectFormat(head: Uint8Array): Format {
  if (head.length === 0) return "empty";
  for (const [format, magic] of MAGICS) {
    if (magic.every((byte, index) => head[index] === byte)) return format;
  }
  const text = Buffer.from(head.subarray(0, FORMAT_BYTES)).toString("latin1");
  if (text.startsWith("ustar", 257)) return "tar";
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return "html";
  if (/^\s*[[{]/.test(text)) return "json";
  return "unknown";
}
