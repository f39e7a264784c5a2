import { type Asn1, Asn1Error, childOf, isUniversal, parseAsn1 } from "../certificate/asn1.ts";
import { MAX_PLIST_DEPTH } from "../limits.ts";
import { type PlistValue, readPlist } from "./plist.ts";
import type { CodeSignature } from "./superblob.ts";

export type Entitlements = ReadonlyMap<string, PlistValue>;

/** The same entitlements in their two encodings; either may be absent. */
export interface EntitlementSet {
  readonly xml: Entitlements | undefined;
  readonly der: Entitlements | undefined;
}

/** @throws PlistError or Asn1Error */
export async function readEntitlements(signature: CodeSignature): Promise<EntitlementSet> {
  const { entitlementsXml, entitlementsDer } = signature;
  const xml = entitlementsXml && (await readPlist(entitlementsXml, "the entitlements"));
  if (xml !== undefined && !(xml instanceof Map)) throw new Asn1Error("the entitlements are not a dictionary");
  return { xml, der: entitlementsDer && (await readDerEntitlements(entitlementsDer)) };
}

/** Whether an entitlement is granted in either encoding. */
export function isEntitled({ xml, der }: EntitlementSet, name: string): boolean {
  return xml?.get(name) === true || der?.get(name) === true;
}

/** Tag of Apple's wrapper `[APPLICATION 16] { INTEGER 1, dictionary }`, and of a dictionary in it. */
const WRAPPER_TAG = 16;

/** Apple's DER form (the CoreEntitlements library), which macOS 12 and later go by. */
async function readDerEntitlements(der: Uint8Array): Promise<Entitlements> {
  const root = await parseAsn1(der, "the DER entitlements");
  if (root.class !== "application" || root.tag !== WRAPPER_TAG) {
    throw new Asn1Error("the DER entitlements lack Apple's wrapper");
  }
  const value = readValue(childOf(root, 1, "the dictionary of the DER entitlements"), 0);
  if (!(value instanceof Map)) throw new Asn1Error("the DER entitlements are not a dictionary");
  return value;
}

function readValue(node: Asn1, depth: number): PlistValue {
  if (depth > MAX_PLIST_DEPTH) throw new Asn1Error("the DER entitlements are nested too deeply");
  if (node.class === "context" && node.tag === WRAPPER_TAG) {
    return new Map(node.children.map((entry) => readEntry(entry, depth)));
  }
  if (isUniversal(node, "boolean")) return node.content[0] !== 0;
  if (isUniversal(node, "utf8")) return Buffer.from(node.content).toString("utf8");
  if (isUniversal(node, "sequence")) return node.children.map((child) => readValue(child, depth + 1));
  if (isUniversal(node, "integer") && node.content.length <= 6) {
    return node.content.length === 0 ? 0 : Buffer.from(node.content).readIntBE(0, node.content.length);
  }
  throw new Asn1Error(`the DER entitlements hold a value of the unknown type ${node.class} ${node.tag}`);
}

function readEntry(entry: Asn1, depth: number): [string, PlistValue] {
  const key = childOf(entry, 0, "the key of an entitlement");
  const value = childOf(entry, 1, "the value of an entitlement");
  return [Buffer.from(key.content).toString("utf8"), readValue(value, depth + 1)];
}
