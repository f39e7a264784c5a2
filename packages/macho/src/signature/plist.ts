import { Fault } from "@release-actions/report";
import type { Element } from "@xmldom/xmldom";
import { MAX_PLIST_DEPTH } from "../limits.ts";

/** A property list value. Dictionaries are maps, so that a key such as `__proto__` has no special meaning. */
export type PlistValue =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly PlistValue[]
  | ReadonlyMap<string, PlistValue>;

export class PlistError extends Fault {
  override readonly name = "PlistError";
}

/**
 * Reads an XML property list (http://www.apple.com/DTDs/PropertyList-1.0.dtd) strictly, because lenient parsers may
 * differ in their results. White space and a byte order mark before it are allowed, as in Apple's own parser (the
 * entitlements of Node.js begin with two spaces). The XML parser is loaded on first use.
 *
 * @throws PlistError
 */
export async function readPlist(xml: Uint8Array, what: string): Promise<PlistValue> {
  const text = decodeText(xml, what);
  // Entities could expand to huge texts ("billion laughs"), and no property list needs them.
  if (/<!ENTITY/i.test(text)) throw new PlistError(`${what} declares XML entities`);
  const { DOMParser, onWarningStopParsing } = await import("@xmldom/xmldom");
  let root: Element | null;
  try {
    root = new DOMParser({ onError: onWarningStopParsing }).parseFromString(text, "text/xml").documentElement;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : error;
    throw new PlistError(`${what} is not well-formed XML: ${reason}`, { cause: error });
  }
  const [value, second] = root?.nodeName === "plist" ? elements(root) : [];
  if (value === undefined || second !== undefined)
    throw new PlistError(`${what} is not a property list with one value`);
  return toValue(value, { what, depth: 0 });
}

/** Other forms of a property list than XML in UTF-8, recognised by their first bytes. */
const OTHER_FORMS: readonly (readonly [start: RegExp, form: string])[] = [
  [/^bplist\d\d/, "a binary property list"],
  [/^(\xff\xfe|\xfe\xff|\0.|.\0)/s, "text in UTF-16"],
  [/^(\xef\xbb\xbf)?\s*([{("]|\/[/*]|\w+\s*=)/, "a property list in the old OpenStep form or JSON"],
];

function decodeText(bytes: Uint8Array, what: string): string {
  const head = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const form = OTHER_FORMS.find(([start]) => start.test(head))?.[1];
  if (form !== undefined) throw new PlistError(`${what} is ${form}, not an XML property list in UTF-8`);
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^[\uFEFF\s]+/, "");
  // Apple's parser stops at the end of the list, and some signed files have a stray tag after it.
  const end = [...text.matchAll(LIST_END)].find(([match]) => match.startsWith("</"));
  return end === undefined ? text.replace(/[\0\s]+$/, "") : text.slice(0, end.index + end[0].length);
}

/** The end of a property list. Comments and CDATA are matched first, since they may contain it. */
const LIST_END = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\/plist\s*>/g;

interface Place {
  readonly what: string;
  readonly depth: number;
}

function toValue(element: Element, place: Place): PlistValue {
  if (place.depth > MAX_PLIST_DEPTH) throw new PlistError(`${place.what} is nested too deeply`);
  const inner = { ...place, depth: place.depth + 1 };
  const text = element.textContent ?? "";
  switch (element.nodeName) {
    case "dict":
      return toMap(elements(element), inner);
    case "array":
      return elements(element).map((child) => toValue(child, inner));
    case "string":
      return text;
    case "true":
      return true;
    case "false":
      return false;
    case "integer":
    case "real":
      return checked(Number(text), text.trim() !== "" && Number.isFinite(Number(text)), text, place);
    case "date":
      return checked(new Date(text), !Number.isNaN(Date.parse(text)), text, place);
    case "data":
      return checked(Buffer.from(text, "base64"), /^[A-Za-z0-9+/=\s]*$/.test(text), text, place);
    default:
      throw new PlistError(`${place.what} holds the unknown element <${element.nodeName}>`);
  }
}

function checked<T extends PlistValue>(value: T, valid: boolean, text: string, { what }: Place): T {
  if (!valid) throw new PlistError(`${what} holds the malformed value "${text.slice(0, 40)}"`);
  return value;
}

function toMap(children: readonly Element[], place: Place): Map<string, PlistValue> {
  const map = new Map<string, PlistValue>();
  for (let index = 0; index < children.length; index += 2) {
    const [key, value] = [children[index], children[index + 1]];
    if (key?.nodeName !== "key" || value === undefined) throw new PlistError(`${place.what} has a key without a value`);
    const name = key.textContent ?? "";
    if (map.has(name)) throw new PlistError(`${place.what} has the key "${name}" twice`);
    map.set(name, toValue(value, place));
  }
  return map;
}

const ELEMENT_NODE = 1;

function elements(parent: Element): Element[] {
  // Only elements have this node type; the types of the library do not express that.
  return Array.from(parent.childNodes).filter((node): node is Element => node.nodeType === ELEMENT_NODE);
}
