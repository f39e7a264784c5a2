import { Fault } from "@release-actions/report";
import type { Constructed } from "asn1js";

/** DER or BER that cannot be parsed or that does not have the structure in its standard. */
export class Asn1Error extends Fault {
  override readonly name = "Asn1Error";
}

/** Limits for malicious input; the CMS of a real signature has a few hundred nodes. */
const LIMITS = { maxDepth: 32, maxNodes: 5000, maxContentLength: 1 << 20, parseEmbedded: false };

export const UNIVERSAL = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  utf8: 12,
  sequence: 16,
  set: 17,
  utcTime: 23,
  generalizedTime: 24,
} as const;

/** One value of a DER or BER encoding. */
export interface Asn1 {
  readonly class: "universal" | "application" | "context" | "private";
  readonly tag: number;
  /** The child values; empty for a primitive. */
  readonly children: readonly Asn1[];
  /** The content bytes of a primitive, or the joined parts of a constructed octet string. */
  readonly content: Uint8Array;
  /** The whole encoding, including tag and length. */
  readonly raw: Uint8Array;
}

const CLASSES = ["universal", "application", "context", "private"] as const;

/**
 * Parses one value. The parser is loaded on first use.
 *
 * @throws Asn1Error
 */
export async function parseAsn1(bytes: Uint8Array, what: string): Promise<Asn1> {
  const { fromBER } = await import("asn1js");
  let parsed: ReturnType<typeof fromBER>;
  try {
    parsed = fromBER(bytes, LIMITS);
  } catch (error) {
    throw new Asn1Error(`${what} cannot be read: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  if (parsed.offset === -1) throw new Asn1Error(`${what} cannot be read: ${parsed.result.error}`);
  return toAsn1(parsed.result);
}

type Block = ReturnType<typeof import("asn1js").fromBER>["result"];

function toAsn1(block: Block): Asn1 {
  const { idBlock, lenBlock } = block;
  const raw = block.valueBeforeDecodeView;
  const children = childBlocks(block).map(toAsn1);
  const header = idBlock.blockLength + lenBlock.blockLength;
  return {
    class: CLASSES[idBlock.tagClass - 1] ?? "private",
    tag: idBlock.tagNumber,
    children,
    content: idBlock.isConstructed ? Buffer.concat(children.map(({ content }) => content)) : raw.subarray(header),
    raw,
  };
}

/**
 * The children of a block. A constructed value of a type that must be primitive, such as an integer, is malformed and
 * has no list of blocks.
 */
function childBlocks(block: Block): Block[] {
  if (!block.idBlock.isConstructed) return [];
  const { value } = (block as Constructed).valueBlock;
  if (!Array.isArray(value)) throw new Asn1Error("a primitive type is encoded as a constructed one");
  return value;
}

/**
 * The child at `index`.
 *
 * @throws Asn1Error that names `what` if it is missing
 */
export function childOf(node: Asn1, index: number, what: string): Asn1 {
  const child = node.children[index];
  if (child === undefined) throw new Asn1Error(`${what} is missing`);
  return child;
}

export function contextChild(node: Asn1, tag: number): Asn1 | undefined {
  return node.children.find((child) => child.class === "context" && child.tag === tag);
}

export function isUniversal(node: Asn1, tag: keyof typeof UNIVERSAL): boolean {
  return node.class === "universal" && node.tag === UNIVERSAL[tag];
}

/**
 * Reads UTCTime or GeneralizedTime in the form that DER allows (RFC 5280, 4.1.2.5), with optional fractions of a
 * second.
 *
 * @throws Asn1Error
 */
export function readTime(node: Asn1): Date {
  const text = Buffer.from(node.content).toString("latin1");
  const form = isUniversal(node, "utcTime") ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/ : GENERALIZED_TIME;
  const [, year = "", month, day, hour, minute, second, fraction = ""] = form.exec(text) ?? [];
  const century = year.length === 4 ? "" : Number(year) < 50 ? "20" : "19";
  const time = new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
  if (Number.isNaN(time.getTime())) throw new Asn1Error(`"${text.slice(0, 40)}" is not a time`);
  return time;
}

const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/;
