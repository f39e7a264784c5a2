import { ByteReader } from "../byte-reader.ts";
import { attempt, MachoError } from "../error.ts";
import { MAX_PLIST_DEPTH } from "../limits.ts";
import { PlistError, type PlistValue, readPlist } from "./plist.ts";

const MAGIC = "bplist00";
const TRAILER_BYTES = 32;
/** The limit for objects of one list; the largest real `Info.plist` has a few thousand. */
const MAX_OBJECTS = 100_000;
/** Dates are relative to 2001, the epoch of Core Foundation. */
const EPOCH_MS = Date.UTC(2001, 0, 1);

/**
 * Reads a property list in either form of a bundle's `Info.plist`: binary or XML. Entitlements must be XML
 * (`readPlist`).
 *
 * @throws PlistError
 */
export async function readInfoPlist(bytes: Uint8Array, what: string): Promise<PlistValue> {
  if (!Buffer.from(bytes.subarray(0, MAGIC.length)).equals(Buffer.from(MAGIC))) return await readPlist(bytes, what);
  try {
    return new BinaryPlist(bytes, what).root();
  } catch (error) {
    if (!(error instanceof MachoError)) throw error;
    throw new PlistError(error.message, { cause: error });
  }
}

/** A text in a bundle's `Info.plist`; `undefined` if it is not there or the list cannot be read. */
export async function infoPlistText(bytes: Uint8Array, key: string): Promise<string | undefined> {
  const { value: list } = await attempt(() => readInfoPlist(bytes, "Info.plist"));
  const text = list instanceof Map ? list.get(key) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** Reads the binary form, which is described at the start of Core Foundation's CFBinaryPList.c. */
class BinaryPlist {
  readonly #reader: ByteReader;
  readonly #offsetBytes: number;
  readonly #referenceBytes: number;
  readonly #count: number;
  readonly #top: number;
  readonly #table: number;
  #visited = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#reader = new ByteReader(bytes, what, "big");
    const trailer = bytes.length - TRAILER_BYTES;
    this.#offsetBytes = this.#reader.u8(trailer + 6);
    this.#referenceBytes = this.#reader.u8(trailer + 7);
    this.#count = this.#reader.u64(trailer + 8);
    this.#top = this.#reader.u64(trailer + 16);
    this.#table = this.#reader.u64(trailer + 24);
  }

  root(): PlistValue {
    return this.#object(this.#top, 0);
  }

  #object(reference: number, depth: number): PlistValue {
    if (reference >= this.#count) throw this.#reader.error(`it has no object ${reference}`, 0);
    if (depth > MAX_PLIST_DEPTH) throw this.#reader.error("it is nested too deeply", 0);
    // Many references to the same object could expand a small list to a huge one.
    this.#visited += 1;
    if (this.#visited > MAX_OBJECTS) throw this.#reader.error(`it has more than ${MAX_OBJECTS} objects`, 0);
    const at = this.#unsigned(this.#table + reference * this.#offsetBytes, this.#offsetBytes);
    const marker = this.#reader.u8(at);
    const [kind, low] = [marker >> 4, marker & 15];
    if (marker === 8 || marker === 9) return marker === 9;
    if (kind === 1) return this.#integer(at + 1, 2 ** low);
    if (kind === 2) return this.#real(at + 1, 2 ** low);
    if (marker === 0x33) return new Date(EPOCH_MS + this.#real(at + 1, 8) * 1000);
    const { count, start } = this.#counted(at, low);
    if (kind === 4) return Uint8Array.from(this.#reader.slice(start, count));
    if (kind === 5) return Buffer.from(this.#reader.slice(start, count)).toString("latin1");
    if (kind === 6)
      return Buffer.from(this.#reader.slice(start, count * 2))
        .swap16()
        .toString("utf16le");
    if (kind === 10) return this.#references(start, count).map((one) => this.#object(one, depth + 1));
    if (kind === 13) return this.#dictionary(start, count, depth + 1);
    throw this.#reader.error(`it has an object of the unknown kind 0x${marker.toString(16)}`, at);
  }

  #dictionary(start: number, count: number, depth: number): Map<string, PlistValue> {
    const keys = this.#references(start, count).map((one) => this.#object(one, depth));
    const values = this.#references(start + count * this.#referenceBytes, count);
    const map = new Map<string, PlistValue>();
    for (const [index, key] of keys.entries()) {
      if (typeof key !== "string") throw this.#reader.error("it has a key that is not a text", start);
      map.set(key, this.#object(values[index] ?? 0, depth));
    }
    return map;
  }

  /** Reads a count. It is in the marker if it is less than 15, otherwise in an integer after it. */
  #counted(at: number, low: number): { readonly count: number; readonly start: number } {
    if (low < 15) return { count: low, start: at + 1 };
    const bytes = 2 ** (this.#reader.u8(at + 1) & 15);
    return { count: this.#unsigned(at + 2, bytes), start: at + 2 + bytes };
  }

  #references(start: number, count: number): number[] {
    if (count > MAX_OBJECTS) throw this.#reader.error(`it has more than ${MAX_OBJECTS} objects`, start);
    const bytes = this.#referenceBytes;
    return Array.from({ length: count }, (_, index) => this.#unsigned(start + index * bytes, bytes));
  }

  #unsigned(at: number, bytes: number): number {
    let value = 0;
    for (const byte of this.#reader.slice(at, bytes)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw this.#reader.error("a number in it is larger than any file", at);
    return value;
  }

  /** Reads an integer. Those of 8 bytes are signed, shorter ones are not. */
  #integer(at: number, bytes: number): number {
    return bytes === 8 ? Number(BigInt.asIntN(64, this.#reader.bigU64(at))) : this.#unsigned(at, bytes);
  }

  #real(at: number, bytes: number): number {
    const field = Buffer.from(this.#reader.slice(at, bytes));
    if (bytes === 4) return field.readFloatBE();
    if (bytes === 8) return field.readDoubleBE();
    throw this.#reader.error(`it has a real number of ${bytes} bytes`, at);
  }
}
