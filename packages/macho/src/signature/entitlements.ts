import { type Asn1, Asn1Error, childOf, isUniversal, parseAsn1 } from "../certificate/asn1.ts";
import { attempt } from "../error.ts";
import { MAX_PLIST_DEPTH } from "../limits.ts";
import { PlistError, type PlistValue, readPlist } from "./plist.ts";
import type { CodeSignature } from "./superblob.ts";

export type Entitlements = ReadonlyMap<string, PlistValue>;

/** The same entitlements in their two encodings; either may be absent. */
export interface EntitlementSet {
  readonly xml: Entitlements | undefined;
  readonly der: Entitlements | undefined;
  /** The reasons why existing encodings could not be read. */
  readonly faults: readonly string[];
}

/** Reads both encodings. If one cannot be read, the reason is added to `faults` and the other is still read. */
export async function readEntitlements(signature: CodeSignature): Promise<EntitlementSet> {
  const { entitlementsXml, entitlementsDer } = signature;
  const xml = await attempt(() => entitlementsXml && readXmlEntitlements(entitlementsXml));
  const der = await attempt(() => entitlementsDer && readDerEntitlements(entitlementsDer));
  return { xml: xml.value, der: der.value, faults: [xml.fault, der.fault].filter((fault) => fault !== undefined) };
}

/** The names of all entitlements, granted or not, sorted. */
export function entitlementNames({ xml, der }: EntitlementSet): string[] {
  return [...new Set([...(xml?.keys() ?? []), ...(der?.keys() ?? [])])].sort();
}

/** Whether an entitlement is granted in either encoding. */
export function isEntitled({ xml, der }: EntitlementSet, name: string): boolean {
  return xml?.get(name) === true || der?.get(name) === true;
}

/**
 * Reads entitlements in XML.
 *
 * @throws PlistError
 */
export async function readXmlEntitlements(bytes: Uint8Array): Promise<Entitlements> {
  const value = await readPlist(bytes, "the property list");
  if (!(value instanceof Map)) throw new PlistError("the property list is not a dictionary");
  return value;
}

/** The tag of Apple's wrapper `[APPLICATION 16] { INTEGER 1, dictionary }`, and of a dictionary in it. */
const WRAPPER_TAG = 16;

/**
 * Reads Apple's DER form (the CoreEntitlements library), which macOS 12 and later use. Xcode 11 and 12 wrote it as a
 * SET of entries without the wrapper.
 */
async function readDerEntitlements(der: Uint8Array): Promise<Entitlements> {
  const root = await parseAsn1(der, "the DER form");
  if (isUniversal(root, "set")) return readDictionary(root, 0);
  if (root.class !== "application" || root.tag !== WRAPPER_TAG) {
    throw new Asn1Error("the DER form lacks Apple's wrapper");
  }
  const value = readValue(childOf(root, 1, "the dictionary of the DER form"), 0);
  if (!(value instanceof Map)) throw new Asn1Error("the DER form is not a dictionary");
  return value;
}

function readValue(node: Asn1, depth: number): PlistValue {
  if (depth > MAX_PLIST_DEPTH) throw new Asn1Error("the DER form is nested too deeply");
  if (node.class === "context" && node.tag === WRAPPER_TAG) return readDictionary(node, depth);
  if (isUniversal(node, "set")) return readDictionary(node, depth);
  if (isUniversal(node, "boolean")) return node.content[0] !== 0;
  if (isUniversal(node, "utf8")) return Buffer.from(node.content).toString("utf8");
  if (isUniversal(node, "sequence")) return node.children.map((child) => readValue(child, depth + 1));
  if (isUniversal(node, "integer") && node.content.length <= 6) {
    return node.content.length === 0 ? 0 : Buffer.from(node.content).readIntBE(0, node.content.length);
  }
  throw new Asn1Error(`the DER form holds a value of the unknown type ${node.class} ${node.tag}`);
}

function readDictionary(node: Asn1, depth: number): ReadonlyMap<string, PlistValue> {
  const entries = node.children.map((entry): [string, PlistValue] => {
    const key = childOf(entry, 0, "the key of an entitlement");
    const value = childOf(entry, 1, "the value of an entitlement");
    return [Buffer.from(key.content).toString("utf8"), readValue(value, depth + 1)];
  });
  const map = new Map(entries);
  if (map.size < entries.length) throw new Asn1Error("the DER form has a key twice");
  return map;
}
