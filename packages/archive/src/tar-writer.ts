import { Buffer } from "node:buffer";
import { BLOCK_BYTES, checksum, MAX_OCTAL, paddingAfter } from "./tar-header.ts";

/** The end of a tar: two blocks of zeros. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK_BYTES);

/** A member to write. `size` is in bytes; the default mode is 0644 for files and 0755 for folders. */
export type TarEntry =
  | { readonly kind: "file"; readonly path: string; readonly size: number; readonly mode?: number }
  | { readonly kind: "directory"; readonly path: string; readonly mode?: number }
  | { readonly kind: "symlink" | "hardlink"; readonly path: string; readonly target: string };

const TYPEFLAGS = { file: "0", hardlink: "1", symlink: "2", directory: "5" } as const;
const MODES = { file: 0o644, hardlink: 0o644, symlink: 0o777, directory: 0o755 } as const;

/**
 * The header of a member, after a PAX header if a value does not fit into ustar. The same entry always gives
 * the same bytes: owner 0, no names, time 0.
 */
export function tarHeader(entry: TarEntry): Uint8Array {
  const size = entry.kind === "file" ? entry.size : 0;
  const path = entry.kind === "directory" ? `${entry.path}/` : entry.path;
  const target = "target" in entry ? entry.target : "";
  const records = [
    ...(fitsField(path) ? [] : [paxRecord("path", path)]),
    ...(fitsField(target) ? [] : [paxRecord("linkpath", target)]),
    ...(size <= MAX_OCTAL ? [] : [paxRecord("size", String(size))]),
  ];
  const mode = ("mode" in entry ? entry.mode : undefined) ?? MODES[entry.kind];
  const header = headerBlock(path, TYPEFLAGS[entry.kind], size > MAX_OCTAL ? 0 : size, mode, target);
  if (records.length === 0) return header;
  const pax = Buffer.concat(records);
  return Buffer.concat([headerBlock("pax", "x", pax.length, 0o644, ""), pax, tarPadding(pax.length), header]);
}

/** The zeros that follow a body of `size` bytes. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array(paddingAfter(size));
}

/** A small file as a whole member: header, body, padding. */
export function tarFile(path: string, content: Uint8Array | string): Uint8Array {
  const body = Buffer.from(content);
  return Buffer.concat([tarHeader({ kind: "file", path, size: body.length }), body, tarPadding(body.length)]);
}

function headerBlock(path: string, typeflag: string, size: number, mode: number, target: string): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(cutToField(path), 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(typeflag, 156);
  block.write(cutToField(target), 157, 100);
  block.write("ustar\u000000", 257);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function fitsField(text: string): boolean {
  return Buffer.byteLength(text) <= 100;
}

/** The first 100 bytes of a name for the header, with `_` for other than ASCII. The PAX header has the whole name. */
function cutToField(text: string): string {
  return fitsField(text)
    ? text
    : Buffer.from(text)
        .subarray(0, 100)
        .toString("latin1")
        .replace(/[^\x20-\x7e]/g, "_");
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

function paxRecord(key: string, value: string): Uint8Array {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  // The length counts its own digits.
  let length = rest + 1;
  while (rest + String(length).length !== length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
