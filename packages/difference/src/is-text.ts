import { type RandomAccessSource, readExactly } from "@release-actions/archive";

const LOOKED_AT_BYTES = 64 * 1024;
/** Control characters that text files may contain: tab, line feed, form feed, carriage return, escape. */
const ALLOWED = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** Whether a file is text in UTF-8 or another superset of ASCII, judged by its beginning. */
export async function isTextSource(source: RandomAccessSource): Promise<boolean> {
  if (source.size === 0) return false;
  const head = await readExactly(source, 0, Math.min(LOOKED_AT_BYTES, source.size));
  let high = 0;
  for (const byte of head) {
    if ((byte < 0x20 && !ALLOWED.has(byte)) || byte === 0x7f) return false;
    if (byte >= 0x80) high += 1;
  }
  // Text in ISO 8859-1 and similar encodings has few bytes beyond ASCII; in random data they are half of all bytes.
  return high === 0 || high < head.length / 4 || isUtf8(head);
}

function isUtf8(head: Uint8Array): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    // The last character of the examined part may be incomplete.
    decoder.decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
