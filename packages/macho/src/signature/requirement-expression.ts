import type { ByteReader } from "../byte-reader.ts";
import { decodeOid } from "../certificate/oid.ts";
import { MAX_REQUIREMENT_DEPTH, MAX_REQUIREMENT_TERMS } from "../limits.ts";

/** Seconds from 1970 to Apple's reference date, 2001-01-01. */
const APPLE_EPOCH_SECONDS = 978_307_200n;

/** A position in an expression, in which opcodes and their operands follow each other. */
interface Cursor {
  readonly blob: ByteReader;
  offset: number;
  depth: number;
  terms: number;
}

type Term = (cursor: Cursor) => string;

/** The operations (`ExprOp` of the Security framework, requirement.h) in the requirement language, by opcode. */
const TERMS: readonly Term[] = [
  () => "never",
  () => "always",
  (cursor) => `identifier "${text(cursor)}"`,
  () => "anchor apple",
  (cursor) => `certificate ${certificateSlot(cursor)} = H"${data(cursor).toString("hex")}"`,
  (cursor) => `info[${text(cursor)}] = "${text(cursor)}"`,
  (cursor) => `(${expression(cursor)}) and (${expression(cursor)})`,
  (cursor) => `(${expression(cursor)}) or (${expression(cursor)})`,
  (cursor) => `cdhash H"${data(cursor).toString("hex")}"`,
  (cursor) => `!(${expression(cursor)})`,
  (cursor) => `info [${text(cursor)}] ${match(cursor)}`,
  (cursor) => `certificate ${certificateSlot(cursor)}[${text(cursor)}] ${match(cursor)}`,
  (cursor) => `certificate ${certificateSlot(cursor)} trusted`,
  () => "anchor trusted",
  (cursor) => `certificate ${certificateSlot(cursor)}[field.${oid(cursor)}] ${match(cursor)}`,
  () => "anchor apple generic",
  (cursor) => `entitlement [${text(cursor)}] ${match(cursor)}`,
  (cursor) => `certificate ${certificateSlot(cursor)}[policy.${oid(cursor)}] ${match(cursor)}`,
  (cursor) => `anchor apple ${text(cursor)}`,
  (cursor) => `(${text(cursor)})`,
  (cursor) => `platform = ${word(cursor)}`,
  () => "notarized",
  (cursor) => `certificate ${certificateSlot(cursor)}[timestamp.${oid(cursor)}] ${match(cursor)}`,
  () => "legacy",
];

/** The match operations (`MatchOperation` of the same header), by opcode. */
const MATCHES: readonly Term[] = [
  () => "/* exists */",
  (cursor) => `= "${text(cursor)}"`,
  (cursor) => `~ "${text(cursor)}"`,
  (cursor) => `= "${text(cursor)}*"`,
  (cursor) => `= "*${text(cursor)}"`,
  (cursor) => `< "${text(cursor)}"`,
  (cursor) => `> "${text(cursor)}"`,
  (cursor) => `<= "${text(cursor)}"`,
  (cursor) => `>= "${text(cursor)}"`,
  (cursor) => `= "${date(cursor)}"`,
  (cursor) => `< "${date(cursor)}"`,
  (cursor) => `> "${date(cursor)}"`,
  (cursor) => `<= "${date(cursor)}"`,
  (cursor) => `>= "${date(cursor)}"`,
  () => "absent",
];

/**
 * Formats the expression at `offset` of a requirement in the requirement language.
 *
 * @throws MachoError
 */
export function formatRequirement(blob: ByteReader, offset: number): string {
  return expression({ blob, offset, depth: 0, terms: 0 });
}

function expression(cursor: Cursor): string {
  const at = cursor.offset;
  cursor.depth += 1;
  cursor.terms += 1;
  if (cursor.depth > MAX_REQUIREMENT_DEPTH || cursor.terms > MAX_REQUIREMENT_TERMS) {
    throw cursor.blob.error("the expression is nested too deeply or too long", at);
  }
  const opcode = word(cursor);
  const term = TERMS[opcode];
  if (term === undefined) throw cursor.blob.error(`the operation ${opcode} is unknown`, at);
  const written = term(cursor);
  cursor.depth -= 1;
  return written;
}

function match(cursor: Cursor): string {
  const at = cursor.offset;
  const operation = word(cursor);
  const term = MATCHES[operation];
  if (term === undefined) throw cursor.blob.error(`the match operation ${operation} is unknown`, at);
  return term(cursor);
}

function word(cursor: Cursor): number {
  const value = cursor.blob.u32(cursor.offset);
  cursor.offset += 4;
  return value;
}

/** Reads a length, that number of bytes, and the padding to a multiple of 4. */
function data(cursor: Cursor): Buffer {
  const length = word(cursor);
  const bytes = cursor.blob.slice(cursor.offset, length);
  cursor.offset += Math.ceil(length / 4) * 4;
  return Buffer.from(bytes);
}

function text(cursor: Cursor): string {
  const bytes = data(cursor);
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? bytes.toString("latin1") : bytes.toString("hex");
}

function oid(cursor: Cursor): string {
  const at = cursor.offset;
  const decoded = decodeOid(data(cursor));
  if (decoded === undefined) throw cursor.blob.error("an object identifier is malformed", at);
  return decoded;
}

function date(cursor: Cursor): string {
  const seconds = BigInt.asIntN(64, cursor.blob.bigU64(cursor.offset));
  cursor.offset += 8;
  const time = new Date(Number((seconds + APPLE_EPOCH_SECONDS) * 1000n));
  return Number.isNaN(time.getTime()) ? `timestamp ${seconds}` : time.toISOString();
}

function certificateSlot(cursor: Cursor): string {
  const slot = cursor.blob.i32(cursor.offset);
  cursor.offset += 4;
  if (slot === 0) return "leaf";
  return slot === -1 ? "root" : String(slot);
}
