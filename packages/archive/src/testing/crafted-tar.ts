import { BLOCK_BYTES, checksum, paddingAfter } from "../tar-header.ts";
import { TAR_END } from "../tar-writer.ts";

/** Fields of one crafted header; fields that are left out have valid values. */
export interface CraftedHeader {
  name?: string | Uint8Array;
  typeflag?: string;
  /** A number, or the field's raw bytes. */
  size?: number | Uint8Array;
  linkName?: string;
  magic?: string;
  prefix?: string;
  /** Replaces the valid checksum. */
  checksum?: string;
  body?: Uint8Array | string;
  /** Bytes to write over the header at these offsets, before its checksum is computed. */
  at?: Readonly<Record<number, string | Uint8Array>>;
}

/** A member with its body, valid or invalid as the fields say. */
export function member(fields: CraftedHeader): Uint8Array {
  const body = Buffer.from(fields.body ?? "");
  const block = Buffer.alloc(BLOCK_BYTES);
  Buffer.from(fields.name ?? "file").copy(block, 0, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  const size = fields.size ?? body.length;
  if (typeof size === "number") block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else Buffer.from(size).copy(block, 124);
  block.write("00000000000\0", 136);
  block.write(fields.typeflag ?? "0", 156, "latin1");
  block.write(fields.linkName ?? "", 157);
  block.write(fields.magic ?? "ustar\u000000", 257, "latin1");
  block.write(fields.prefix ?? "", 345);
  for (const [offset, bytes] of Object.entries(fields.at ?? {})) Buffer.from(bytes).copy(block, Number(offset));
  block.write(fields.checksum ?? `${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([block, body, new Uint8Array(paddingAfter(body.length))]);
}

/** PAX records as an extended header. */
export function pax(records: Record<string, string> | Uint8Array, typeflag = "x"): Uint8Array {
  const body = records instanceof Uint8Array ? records : Buffer.concat(Object.entries(records).map(paxRecord));
  return member({ name: "pax", typeflag, body });
}

function paxRecord([key, value]: [string, string]): Uint8Array {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = [1, 2, 3, 4, 5, 6, 7].find((digits) => String(rest + digits).length === digits) ?? 0;
  return Buffer.from(`${rest + length} ${key}=${value}\n`);
}

/** A complete archive with its end blocks. */
export function tar(...members: Uint8Array[]): Buffer {
  return Buffer.concat([...members, TAR_END]);
}

/** A number in 12 bytes of GNU's base-256. */
export function base256(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(12);
  for (let index = 11, rest = BigInt.asUintN(96, value); index >= 0; index -= 1, rest >>= 8n) {
    bytes[index] = Number(rest & 0xffn);
  }
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}
