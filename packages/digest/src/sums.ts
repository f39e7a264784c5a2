import { ALGORITHMS, type Algorithm, DigestError, isHexDigest } from "./algorithm.ts";

/** The customary names of the lists that `b3sum --check` and `sha256sum --check` read. */
export const SUMS_FILES = { blake3: "B3SUMS", sha256: "SHA256SUMS" } as const satisfies Record<Algorithm, string>;

export interface SumsEntry {
  readonly path: string;
  readonly hex: string;
}

/**
 * The text of a checksum list, as `b3sum` and `sha256sum` write it: hash, two spaces, path. A line
 * whose path has a backslash or a line feed starts with a backslash and has them escaped.
 */
export function formatSums(entries: readonly SumsEntry[]): string {
  return entries.map(({ path, hex }) => formatLine(path, hex)).join("");
}

function formatLine(path: string, hex: string): string {
  // Coreutils unescapes \r and writes it so too; b3sum does neither, so such a name cannot serve both.
  if (/[\r\0]/.test(path)) throw new DigestError(`${JSON.stringify(path)} has a name that no checksum list can hold`);
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `${escaped === path ? "" : "\\"}${hex}  ${escaped}\n`;
}

/**
 * Reads a checksum list in the form of `sha256sum` (text or binary mark) or `b3sum`. `source` names it
 * in errors. An empty list, a repeated path or a line of another form is a `DigestError`: a check that
 * skips what it cannot read passes too easily.
 */
export function parseSums(text: string, source: string): SumsEntry[] {
  const entries = new Map<string, SumsEntry>();
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    const location = { file: source, line: index + 1 };
    const match = /^(\\?)([0-9a-f]{64}) [ *](.+)$/i.exec(line);
    const [, mark, hex = "", name = ""] = match ?? [];
    if (match === null || !isHexDigest(hex)) {
      throw new DigestError(
        `${source}:${index + 1} is no checksum line: expected 64 lowercase hex characters, two spaces and a path`,
        {
          location,
        },
      );
    }
    const path = mark === "\\" ? unescapeName(name) : name;
    if (entries.has(path)) throw new DigestError(`${source}:${index + 1} names ${path} a second time`, { location });
    entries.set(path, { path, hex });
  }
  if (entries.size === 0) {
    throw new DigestError(`${source} holds no checksums`, {
      advice: `Write one with ${ALGORITHMS.map((algorithm) => SUMS_FILES[algorithm]).join(" or ")}.`,
      location: { file: source },
    });
  }
  return [...entries.values()];
}

function unescapeName(name: string): string {
  return name.replace(/\\([\\nr])/g, (_all, code: string) => ({ n: "\n", r: "\r" })[code] ?? "\\");
}
