import { Buffer } from "node:buffer";
import path from "node:path";
import { DigestError, type ListAlgorithm } from "./algorithm.ts";

/** An entry of a checksum list, with the algorithms that its length and its label allow. */
export interface SumsEntry {
  readonly path: string;
  /** Lowercase. */
  readonly hex: string;
  /** Several if the length fits several algorithms; the caller then computes all of them. */
  readonly algorithms: readonly ListAlgorithm[];
  /** Counted from 1. */
  readonly line: number;
}

const BY_LENGTH: Readonly<Record<number, readonly ListAlgorithm[]>> = {
  64: ["sha256", "blake3"],
  128: ["sha512", "blake2b"],
};
const OTHER_LENGTHS: Readonly<Record<number, string>> = { 32: "MD5", 40: "SHA-1", 56: "SHA-224", 96: "SHA-384" };
const TAGS: Readonly<Record<string, ListAlgorithm>> = {
  sha256: "sha256",
  sha512: "sha512",
  blake2b: "blake2b",
  blake3: "blake3",
  blake3256: "blake3",
};
/** The extension that a file with a single digest adds to the name of the hashed file. */
const SUM_EXTENSION = /\.(?:sha256|sha512|b3|blake3|b3sum|b2|blake2b?|b2sum|sha256sum|sha512sum|digest)(?:\.txt)?$/i;

/**
 * Reads a checksum list in any common form: `sha256sum` and `b3sum` in text or binary mode, BSD's `--tag`, OpenSSL's
 * `dgst`, one space or a tab, upper case, a single bare digest, PowerShell's `Get-FileHash | Format-List`. The list may
 * have comments, blank lines, a byte order mark, UTF-16, carriage returns and a PGP signature around it. `source` names
 * the list in errors.
 *
 * @throws DigestError for a line of any other form, since a check that skips lines would pass too easily
 */
export function parseSums(list: string | Uint8Array, source: string): SumsEntry[] {
  const lines = signedLines(decodeList(list)).map(({ text, line }) => ({ text: text.replace(/\r$/, ""), line }));
  const entries = new Map<string, SumsEntry>();
  const blocks = powershellBlocks(lines);
  for (const { text, line } of blocks ?? lines) {
    if (text.trim() === "" || /^\s*(?:#|;|\/\/)/.test(text)) continue;
    const entry = parseLine(text, line, source);
    const known = entries.get(entry.path);
    if (known !== undefined && known.hex !== entry.hex) {
      const message = `${source}:${line} has another digest for ${entry.path} than line ${known.line}: ${entry.hex} and ${known.hex}`;
      throw new DigestError(message, { location: { file: source, line } });
    }
    entries.set(entry.path, known ?? entry);
  }
  if (entries.size > 0) return [...entries.values()];
  throw new DigestError(`${source} holds no checksums`, {
    advice: "Write one with `sha256sum`, `b3sum`, `sha512sum` or `b2sum`.",
    location: { file: source },
  });
}

function decodeList(list: string | Uint8Array): string {
  const bytes = Buffer.from(list);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes.subarray(2)).swap16().toString("utf16le");
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/**
 * The lines inside a PGP signature (RFC 9580, "Cleartext Signature Framework"), or all lines if there is none. The
 * signature is not verified.
 */
function signedLines(text: string): Line[] {
  // `sha256sum --zero` ends its lines with NUL.
  const lines = text
    .split(text.includes("\0") ? "\0" : "\n")
    .map((one, index): Line => ({ text: one, line: index + 1 }));
  const begin = lines.findIndex(({ text: one }) => one.startsWith("-----BEGIN PGP SIGNED MESSAGE-----"));
  if (begin < 0) return lines;
  const start = lines.findIndex(({ text: one }, index) => index > begin && one.trim() === "");
  const end = lines.findIndex(({ text: one }) => one.startsWith("-----BEGIN PGP SIGNATURE-----"));
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .map(({ text: one, line }) => ({ text: one.replace(/^- /, ""), line }));
}

/** Joins PowerShell's lines `Algorithm :`, `Hash :` and `Path :` into one line of hash and name for each file. */
function powershellBlocks(lines: readonly Line[]): Line[] | undefined {
  const fields = lines.flatMap(({ text, line }) => {
    const [, key, value] = /^\s*(Algorithm|Hash|Path)\s*:\s*(.*?)\s*$/.exec(text) ?? [];
    return key === undefined ? [] : [{ key, value: value ?? "", line }];
  });
  const filled = lines.filter(({ text }) => text.trim() !== "").length;
  if (fields.length !== filled) return undefined;
  return fields.flatMap(({ key, value, line }, index) => {
    if (key !== "Path") return [];
    const block = fields.slice(fields.findLastIndex((field, at) => at < index && field.key === "Path") + 1, index);
    const hash = block.find((field) => field.key === "Hash")?.value ?? "";
    // Get-FileHash writes absolute paths, but files of another machine can be found by name only.
    return [{ text: `${hash}  ${value.split(/[\\/]/).at(-1)}`, line }];
  });
}

/** BSD's form, with the algorithm before the name. A backslash in front means that the name is escaped. */
const TAGGED = /^(?<mark>\\?)(?<tag>[A-Za-z][A-Za-z0-9/-]*) ?\((?<name>.*)\) ?= ?(?<hex>[0-9A-Fa-f]+)\s*$/;
const PLAIN = /^(?<mark>\\?)(?<hex>[0-9A-Fa-f]{32,})(?: [ *]|\t| )(?<name>.+)$/s;

function parseLine(text: string, line: number, source: string): SumsEntry {
  const named = (TAGGED.exec(text) ?? PLAIN.exec(text))?.groups;
  if (named !== undefined) {
    const { mark, tag, name: written = "", hex: digest = "" } = named;
    return entryOf(mark === "\\" ? unescapeName(written) : written, digest, line, source, tag);
  }
  const bare = /^\s*(?:(sha256|sha512|blake2b|blake3)[:-])?([0-9A-Fa-f]{32,})\s*$/i.exec(text);
  const [, tag, hex = ""] = bare ?? [];
  const name = path.posix.basename(source).replace(SUM_EXTENSION, "");
  if (bare !== null && name !== path.posix.basename(source)) return entryOf(name, hex, line, source, tag);
  const found = bare === null ? `"${text.slice(0, 60)}"` : "a digest without the name of a file";
  throw new DigestError(
    `${source}:${line} has ${found}; expected a line such as \`<64 or 128 hex characters>  <path>\` or \`SHA256 (<path>) = <hex>\``,
    { location: { file: source, line } },
  );
}

function entryOf(name: string, digest: string, line: number, source: string, tag?: string): SumsEntry {
  const hex = digest.toLowerCase();
  const byTag = tag === undefined ? undefined : TAGS[tag.toLowerCase().replace(/[^a-z0-9]/g, "")];
  const byLength = BY_LENGTH[hex.length] ?? [];
  const algorithms = tag === undefined ? byLength : byLength.filter((algorithm) => algorithm === byTag);
  if (algorithms.length === 0) {
    const kind = tag ?? OTHER_LENGTHS[hex.length];
    const found =
      kind === undefined ? `${hex.length} hex characters` : `a digest of ${kind} (${hex.length} hex characters)`;
    throw new DigestError(
      `${source}:${line} has ${found}, expected SHA-256 or BLAKE3 (64), or SHA-512 or BLAKE2b (128)`,
      {
        location: { file: source, line },
      },
    );
  }
  return { path: name.replace(/^(?:\.\/)+/, ""), hex, algorithms, line };
}

function unescapeName(name: string): string {
  return name.replace(/\\([\\nr])/g, (_all, code: string) => ({ n: "\n", r: "\r" })[code] ?? "\\");
}
