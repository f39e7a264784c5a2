import { countOf } from "@release-actions/report";
import { ArchiveError } from "./error.ts";
import { canonicalPath, decodeName, quote, resolveLink } from "./member-path.ts";
import { MAX_OCTAL, type TarHeader } from "./tar-header.ts";
import { type PaxRecords, parsePax } from "./tar-pax.ts";

interface Member {
  /** Relative, without `./` at its start and `/` at its end; empty for the archive's root. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** The size of the body in bytes; 0 for members other than files. */
  readonly size: number;
  /** The offset of the body in the archive, in bytes. */
  readonly offset: number;
}

/** A file, folder or link of a tar. */
export type TarMember =
  | (Member & { readonly kind: "file" })
  | (Member & { readonly kind: "directory" })
  /** `target` is a path in the archive, even if the link is relative to its own folder. */
  | (Member & { readonly kind: "symlink" | "hardlink"; readonly target: string });

/** The extended headers before a member. */
export interface Extensions {
  pax?: PaxRecords;
  longName?: string;
  longLink?: string;
}

type ExtensionKey = keyof Extensions | "global";

/** The type flags of extended headers, which describe the members after them. */
export const EXTENSION_KEYS: Readonly<Record<string, ExtensionKey>> = {
  x: "pax",
  g: "global",
  L: "longName",
  K: "longLink",
};

/** Adds the body of an extended header; `offset` is its place in the archive. */
export function addExtension(extensions: Extensions, key: ExtensionKey, bytes: Uint8Array, offset: number): void {
  if (key === "global") {
    // Accept a comment, as `git archive` writes it, but refuse records that would change every member.
    if (Object.keys(parsePax(bytes, offset)).length === 0) return;
    throw new ArchiveError("unsupported", "a global PAX header sets a path or size for all members", offset);
  }
  if (extensions[key] !== undefined) {
    throw new ArchiveError("disagreement", "two extended headers of one kind before one member", offset);
  }
  if (key === "pax") extensions.pax = parsePax(bytes, offset);
  else extensions[key] = gnuLongText(bytes, offset);
}

/** Creates a member from the header at `start` and its extended headers. The body is at `offset`. */
export function assembleMember(header: TarHeader, extensions: Extensions, start: number, offset: number): TarMember {
  const { pax = {}, longName, longLink } = extensions;
  const malformed = (what: string): ArchiveError => new ArchiveError("malformed", `${quote(name)} is ${what}`, start);
  const name = oneOf("path", pax.path, longName, start) ?? decodeName(header.name, start);
  const size = agreeOnSize(header.size, pax.size, start);
  const member = { path: canonicalPath(name, start), mode: header.mode & 0o7777, size, offset };
  switch (header.typeflag) {
    case "0":
    case "\0":
      if (name.endsWith("/") || member.path === "") throw malformed("a file with the name of a folder");
      return { ...member, kind: "file" };
    case "5":
      if (size !== 0) throw malformed(`a folder with a body of ${countOf(size, "byte")}`);
      return { ...member, kind: "directory" };
    case "1":
    case "2": {
      if (size !== 0 || member.path === "") throw malformed(`a link with the body of a file, ${countOf(size, "byte")}`);
      const text = oneOf("link target", pax.linkPath, longLink, start) ?? decodeName(header.linkName, start);
      if (header.typeflag === "1") return { ...member, kind: "hardlink", target: canonicalPath(text, start) };
      return { ...member, kind: "symlink", target: resolveLink(member.path, text, start) };
    }
    default:
      throw new ArchiveError("unsupported", `${quote(name)} is ${describeType(header.typeflag)}`, start);
  }
}

/** GNU tar ends a long name with one NUL. */
function gnuLongText(bytes: Uint8Array, offset: number): string {
  const text = bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
  if (text.includes(0)) throw new ArchiveError("unsafe-name", "a long name holds a NUL", offset);
  return decodeName(text, offset);
}

function oneOf(what: string, pax: string | undefined, gnu: string | undefined, start: number): string | undefined {
  if (pax !== undefined && gnu !== undefined) {
    throw new ArchiveError("disagreement", `both a PAX and a GNU header give the ${what}`, start);
  }
  return pax ?? gnu;
}

/** The two sizes must agree, unless the size is too large for the header. */
function agreeOnSize(inHeader: number, inPax: number | undefined, start: number): number {
  if (inPax === undefined || inPax === inHeader) return inHeader;
  if (inPax > MAX_OCTAL && (inHeader === 0 || inHeader === MAX_OCTAL)) return inPax;
  throw new ArchiveError(
    "disagreement",
    `the PAX header says ${inPax} bytes, but the main header says ${inHeader}`,
    start,
  );
}

function describeType(typeflag: string): string {
  const known: Readonly<Record<string, string>> = {
    "3": "a character device",
    "4": "a block device",
    "6": "a fifo",
    S: "a sparse file, of which parts are left out",
  };
  return known[typeflag] ?? `of the unknown type ${JSON.stringify(typeflag)}`;
}
