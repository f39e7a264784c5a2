import { describe, expect, test } from "@jest/globals";
import { readImage } from "../image.ts";
import { boolean, context, der, integer, NULL, sequence, set, utf8 } from "../testing/der.ts";
import { BLOB, blob, directoryOf, signedImageOf, superblobOf } from "../testing/signed-image.ts";
import { entitlementNames, isEntitled, readEntitlements, readXmlEntitlements } from "./entitlements.ts";
import { readCodeSignature } from "./superblob.ts";

async function read({ xml, der: form }: { xml?: string; der?: Uint8Array }) {
  const blobs: [number, Buffer][] = [];
  if (xml !== undefined) blobs.push([5, blob(BLOB.entitlements, Buffer.from(xml))]);
  if (form !== undefined) blobs.push([7, blob(BLOB.entitlementsDer, form)]);
  const bytes = signedImageOf((code) => superblobOf([[0, directoryOf(code)], ...blobs]));
  const signature = readCodeSignature(readImage(bytes));
  if (signature === undefined) throw new Error("no signature");
  return await readEntitlements(signature);
}

const entry = (key: string, value: Uint8Array): Buffer => sequence(utf8(key), value);
/** Apple's wrapper `[APPLICATION 16] { INTEGER 1, [16] { entries } }`. */
const wrapped = (...entries: Buffer[]): Buffer => der(0x70, integer(1), context(16, ...entries));

describe("readEntitlements", () => {
  test("reads both forms", async () => {
    const xml = "<plist><dict><key>a</key><true/><key>b</key><string>x</string></dict></plist>";
    const set = await read({ xml, der: wrapped(entry("a", boolean(true))) });
    expect(set.xml).toEqual(
      new Map<string, unknown>([
        ["a", true],
        ["b", "x"],
      ]),
    );
    expect([set.der, set.faults]).toEqual([new Map([["a", true]]), []]);
    expect(await read({})).toEqual({ xml: undefined, der: undefined, faults: [] });
  });

  test("reads every kind of value of the DER form", async () => {
    const found = await read({
      der: wrapped(
        entry("true", boolean(true)),
        entry("false", boolean(false)),
        entry("text", utf8("näme")),
        entry("number", integer(-70_000)),
        entry("large", der(0x02, Buffer.from("7fffffffffff", "hex"))),
        entry("zero", der(0x02)),
        entry("list", sequence(utf8("a"), sequence())),
        entry("map", context(16, entry("deep", boolean(true)))),
        entry("set", set(entry("deep", integer(5)))),
      ),
    });
    expect(found.der).toEqual(
      new Map<string, unknown>([
        ["true", true],
        ["false", false],
        ["text", "näme"],
        ["number", -70_000],
        ["large", 2 ** 47 - 1],
        ["zero", 0],
        ["list", ["a", []]],
        ["map", new Map([["deep", true]])],
        ["set", new Map([["deep", 5]])],
      ]),
    );
  });

  test("reads the DER form of Xcode 11 and 12, a set without a wrapper", async () => {
    const { der: form, faults } = await read({ der: set(entry("a", boolean(true))) });
    expect([form, faults]).toEqual([new Map([["a", true]]), []]);
  });

  const deep = (levels: number): Buffer => {
    let value = boolean(true);
    for (let level = 0; level < levels; level += 1) value = sequence(value);
    return wrapped(entry("a", value));
  };

  test("accepts values nested sixteen deep", async () => {
    expect((await read({ der: deep(15) })).faults).toEqual([]);
    expect((await read({ der: deep(16) })).faults).toEqual(["the DER form is nested too deeply"]);
  });

  test.each<[title: string, form: Uint8Array, fault: RegExp]>([
    ["no DER", Buffer.from("text"), /^the DER form (cannot be read|lacks Apple's wrapper)/],
    ["no wrapper", sequence(integer(1)), /^the DER form lacks Apple's wrapper$/],
    ["another application tag", der(0x71, integer(1), context(16)), /lacks Apple's wrapper/],
    ["a context tag around it", der(0xb0, integer(1), context(16)), /lacks Apple's wrapper/],
    ["an empty wrapper", der(0x70, integer(1)), /the dictionary of the DER form is missing/],
    ["no dictionary", der(0x70, integer(1), boolean(true)), /the DER form is not a dictionary/],
    ["a key twice", wrapped(entry("a", boolean(true)), entry("a", boolean(false))), /the DER form has a key twice/],
    ["no value", wrapped(sequence(utf8("a"))), /the value of an entitlement is missing/],
    ["no key", wrapped(sequence()), /the key of an entitlement is missing/],
    ["an unknown kind of value", wrapped(entry("a", NULL)), /holds a value of the unknown type universal 5/],
    ["an integer over 48 bits", wrapped(entry("a", der(0x02, Buffer.alloc(7, 1)))), /unknown type universal 2/],
    ["another context tag", wrapped(entry("a", context(15))), /unknown type context 15/],
  ])("reports %s, and keeps the XML form", async (_title, form, fault) => {
    const xml = "<plist><dict><key>a</key><true/></dict></plist>";
    const found = await read({ xml, der: form });
    expect(found).toEqual({ xml: new Map([["a", true]]), der: undefined, faults: [expect.stringMatching(fault)] });
  });

  test("reports an XML form that is not a dictionary, and keeps the DER form", async () => {
    const found = await read({ xml: "<plist><array/></plist>", der: wrapped(entry("a", boolean(true))) });
    expect(found).toEqual({
      ...{ xml: undefined, der: new Map([["a", true]]) },
      faults: ["the property list is not a dictionary"],
    });
    await expect(readXmlEntitlements(Buffer.from("<plist><true/></plist>"))).rejects.toThrow("is not a dictionary");
  });
});

describe("a set of entitlements", () => {
  const both = {
    xml: new Map([
      ["b", true],
      ["c", false],
    ]),
    der: new Map([
      ["a", true],
      ["b", false],
    ]),
    faults: [],
  };

  test("lists each name once, in order", () => {
    expect(entitlementNames(both)).toEqual(["a", "b", "c"]);
    expect(entitlementNames({ xml: undefined, der: undefined, faults: [] })).toEqual([]);
  });

  test("grants an entitlement that either form grants", () => {
    const names = ["a", "b", "c", "d"];
    expect(names.map((name) => isEntitled(both, name))).toEqual([true, true, false, false]);
    expect(names.map((name) => isEntitled({ ...both, xml: undefined }, name))).toEqual([true, false, false, false]);
    expect(names.map((name) => isEntitled({ ...both, der: undefined }, name))).toEqual([false, true, false, false]);
  });
});
