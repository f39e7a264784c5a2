import { type Algorithm, DigestError } from "./algorithm.ts";

/** The customary names of the lists that `b3sum --check` and `sha256sum --check` read. */
export const SUMS_FILES = { blake3: "B3SUMS", sha256: "SHA256SUMS" } as const satisfies Record<Algorithm, string>;

export interface SumsLine {
  readonly path: string;
  readonly hex: string;
}

/**
 * The text of a checksum list, as `b3sum` and `sha256sum` write it: hash, two spaces, path. If a path contains a
 * backslash or a line feed, its line starts with a backslash and these characters are escaped.
 */
export function formatSums(entries: readonly SumsLine[]): string {
  return entries.map(({ path, hex }) => formatLine(path, hex)).join("");
}

function formatLine(path: string, hex: string): string {
  // Coreutils escapes and unescapes \r, but b3sum does not, so no line for such a name works with both.
  if (/[\r\0]/.test(path))
    throw new DigestError(`${JSON.stringify(path)} has a name that a checksum list cannot contain`);
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `${escaped === path ? "" : "\\"}${hex}  ${escaped}\n`;
}
