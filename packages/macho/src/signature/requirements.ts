import type { ByteReader } from "../byte-reader.ts";
import { decodeOid } from "../certificate/oid.ts";
import { MAX_REQUIREMENT_DEPTH, MAX_REQUIREMENT_TERMS, MAX_REQUIREMENTS } from "../limits.ts";

const MAGIC_REQUIREMENT = 0xfade0c00;

/**
 * Checks that a requirement set (Security framework, `Requirements`), which has an expression for each kind, can be
 * read.
 *
 * @throws MachoError
 */
export function checkRequirements(set: ByteReader): void {
  const count = set.u32(8);
  if (count > MAX_REQUIREMENTS) throw set.error(`${count} requirements are more than ${MAX_REQUIREMENTS}`, 8);
  for (let index = 0; index < count; index += 1) {
    const offset = set.u32(16 + index * 8);
    const blob = set.window(offset, set.u32(offset + 4), "code requirement");
    const magic = blob.u32(0);
    if (magic !== MAGIC_REQUIREMENT) throw blob.error(`starts with 0x${magic.toString(16)}`, 0);
    if (blob.u32(8) !== 1) throw blob.error(`the expression form ${blob.u32(8)} is unknown`, 8);
    readExpression({ blob, offset: 12, depth: 0, terms: 0 });
  }
}

/** A position in an expression, in which opcodes and their operands follow each other. */
interface Cursor {
  readonly blob: ByteReader;
  offset: number;
  depth: number;
  terms: number;
}

/** Reads one operand, and moves the cursor behind it. */
type Operand = (cursor: Cursor) => unknown;

/** The operands of each operation (`ExprOp` of the Security framework, requirement.h), by opcode. */
const OPERATIONS: readonly (readonly Operand[])[] = [
  [], // never
  [], // always
  [readData], // the identifier
  [], // anchor apple
  [readWord, readData], // the hash of a certificate
  [readData, readData], // a value of the Info.plist
  [readExpression, readExpression], // and
  [readExpression, readExpression], // or
  [readData], // the cdhash
  [readExpression], // not
  [readData, readMatch], // a field of the Info.plist
  [readWord, readData, readMatch], // a field of a certificate
  [readWord], // a certificate is trusted
  [], // anchor trusted
  [readWord, readOid, readMatch], // an extension of a certificate
  [], // anchor apple generic
  [readData, readMatch], // an entitlement
  [readWord, readOid, readMatch], // a policy of a certificate
  [readData], // a named anchor
  [readData], // named code
  [readWord], // the platform
  [], // notarized
  [readWord, readOid, readMatch], // the time of a certificate
  [], // legacy
];

/** The operands of each match operation (`MatchOperation` of the same header), by opcode. */
const MATCHES: readonly (readonly Operand[])[] = [
  [], // it exists
  ...Array<Operand[]>(8).fill([readData]), // equality, parts and order of texts
  ...Array<Operand[]>(5).fill([readTime]), // equality and order of times
  [], // it is absent
];

function readExpression(cursor: Cursor): void {
  const at = cursor.offset;
  cursor.depth += 1;
  cursor.terms += 1;
  if (cursor.depth > MAX_REQUIREMENT_DEPTH || cursor.terms > MAX_REQUIREMENT_TERMS) {
    throw cursor.blob.error("the expression is nested too deeply or too long", at);
  }
  readOperation(cursor, OPERATIONS, "operation");
  cursor.depth -= 1;
}

function readMatch(cursor: Cursor): void {
  readOperation(cursor, MATCHES, "match operation");
}

function readOperation(cursor: Cursor, operations: typeof OPERATIONS, what: string): void {
  const at = cursor.offset;
  const opcode = readWord(cursor);
  const operands = operations[opcode];
  if (operands === undefined) throw cursor.blob.error(`the ${what} ${opcode} is unknown`, at);
  for (const readOperand of operands) readOperand(cursor);
}

function readWord(cursor: Cursor): number {
  const value = cursor.blob.u32(cursor.offset);
  cursor.offset += 4;
  return value;
}

function readTime(cursor: Cursor): void {
  cursor.blob.slice(cursor.offset, 8);
  cursor.offset += 8;
}

/** Reads a length, that number of bytes, and the padding to a multiple of 4. */
function readData(cursor: Cursor): Uint8Array {
  const length = readWord(cursor);
  const bytes = cursor.blob.slice(cursor.offset, length);
  cursor.offset += Math.ceil(length / 4) * 4;
  return bytes;
}

function readOid(cursor: Cursor): void {
  const at = cursor.offset;
  if (decodeOid(readData(cursor)) === undefined) throw cursor.blob.error("an object identifier is malformed", at);
}
