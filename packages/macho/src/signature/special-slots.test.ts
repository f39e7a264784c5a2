import { describe, expect, test } from "@jest/globals";
import { readImage } from "../image.ts";
import { blob, type CodeFields, directoryOf, signedImageOf, superblobOf } from "../testing/signed-image.ts";
import { BUNDLE_SLOT, bundleIdentifierOf, changedSlots, embeddedInfoPlist, matchesSlot } from "./special-slots.ts";
import { readCodeSignature } from "./superblob.ts";

const list = (identifier: string): string =>
  `<plist><dict><key>CFBundleIdentifier</key><string>${identifier}</string></dict></plist>`;

/** An image whose code directory hashes `special`, and whose signature contains `blobs`. */
function signed(
  special: ReadonlyMap<number, Uint8Array>,
  blobs: ReadonlyMap<number, Uint8Array>,
  code: CodeFields = {},
) {
  const bytes = signedImageOf((pages) => superblobOf([[0, directoryOf(pages, { special })], ...blobs]), code);
  const image = readImage(bytes);
  const signature = readCodeSignature(image);
  if (signature === undefined) throw new Error("no signature");
  return { image, signature, directory: signature.codeDirectories[0] };
}

/** Slots of cs_blobs.h */
const SLOTS: readonly (readonly [slot: number, name: string, magic: number])[] = [
  [2, "requirements", 0xfade0c01],
  [5, "entitlements", 0xfade7171],
  [7, "DER entitlements", 0xfade7172],
  [8, "launch constraints of the program", 0xfade8181],
  [9, "launch constraints of the parent", 0xfade8181],
  [10, "launch constraints of the responsible process", 0xfade8181],
  [11, "library constraints", 0xfade8181],
];

describe("changedSlots", () => {
  test.each(SLOTS)("slot %d: reports %s that were changed, added or removed", (slot, name, magic) => {
    const [one, other] = [blob(magic, Buffer.from("one")), blob(magic, Buffer.from("other"))];
    const changed = (special: Uint8Array | undefined, content: Uint8Array | undefined): string[] => {
      const entry = (bytes: Uint8Array | undefined) => new Map(bytes === undefined ? [] : [[slot, bytes]]);
      const { signature, directory } = signed(entry(special), entry(content));
      return changedSlots(signature, directory);
    };
    expect([changed(one, one), changed(undefined, undefined)]).toEqual([[], []]);
    expect([changed(one, other), changed(undefined, one), changed(one, undefined)]).toEqual([[name], [name], [name]]);
  });

  test("ignores slots whose content is outside of the signature", () => {
    const { signature, directory } = signed(new Map([1, 3, 6].map((slot) => [slot, Buffer.from("x")])), new Map());
    expect(changedSlots(signature, directory)).toEqual([]);
  });
});

describe("the property list in a program", () => {
  const infoPlist = list("com.example.tool");

  test("is found, and gives the bundle identifier", async () => {
    const { image } = signed(new Map(), new Map(), { infoPlist });
    expect(Buffer.from(embeddedInfoPlist(image) ?? []).toString()).toBe(infoPlist);
    expect(await bundleIdentifierOf(image)).toBe("com.example.tool");
  });

  test.each<[string, CodeFields]>([
    ["no list", {}],
    ["a list without an identifier", { infoPlist: "<plist><dict/></plist>" }],
    ["an empty identifier", { infoPlist: list("") }],
    [
      "an identifier that is not a text",
      { infoPlist: "<plist><dict><key>CFBundleIdentifier</key><true/></dict></plist>" },
    ],
    ["a list of something else", { infoPlist: "<plist><array/></plist>" }],
    ["a list that cannot be read", { infoPlist: "<plist>" }],
  ])("gives no identifier when there is %s", async (_title, code) => {
    expect(await bundleIdentifierOf(signed(new Map(), new Map(), code).image)).toBeUndefined();
  });

  test("is not read from another segment, or from a section without bytes in the file", () => {
    const { image } = signed(new Map(), new Map(), { infoPlist });
    const section = image.segments[0]?.sections[1];
    if (section === undefined) throw new Error("no section");
    const find = (change: Partial<typeof section>) => {
      const [segment] = image.segments;
      const sections = [{ ...section, ...change }];
      return embeddedInfoPlist({ ...image, segments: segment === undefined ? [] : [{ ...segment, sections }] });
    };
    expect(find({})).toBeDefined();
    expect(find({ size: image.bytes.length - section.offset })).toBeDefined();
    const others = [
      { segment: "__DATA" },
      { name: "__text" },
      { zeroFill: true },
      { size: image.bytes.length - section.offset + 1 },
    ];
    expect(others.map(find)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

test("matchesSlot compares a bundle's content with its slot for every hash type", () => {
  expect(BUNDLE_SLOT).toEqual({ infoPlist: 1, resources: 3 });
  for (const hashType of [1, 2, 3, 4, 5] as const) {
    const special = new Map([[3, Buffer.from("seal")]]);
    const bytes = signedImageOf((code) => superblobOf([[0, directoryOf(code, { special, hashType })]]));
    const [directory] = readCodeSignature(readImage(bytes))?.codeDirectories ?? [];
    const matches = [3, 1].flatMap((slot) =>
      ["seal", "other"].map((text) => directory && matchesSlot(directory, slot, Buffer.from(text))),
    );
    expect(matches).toEqual([true, false, false, false]);
  }
});
