import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PlistError, readPlist } from "./plist.ts";

const read = (xml: string) => readPlist(Buffer.from(xml), "the list");

describe("readPlist", () => {
  test("reads every kind of value", async () => {
    const value = await read(`<?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0"><!-- a comment --><dict>
        <key>text</key><string>a &amp; b</string>
        <key>list</key><array><true/><false/><integer>-3</integer><real>1.5</real></array>
        <key>data</key><data> AQI= </data>
        <key>date</key><date>2024-02-29T00:00:00Z</date>
        <key>__proto__</key><dict/>
      </dict></plist>`);
    expect(value).toEqual(
      new Map<string, unknown>([
        ["text", "a & b"],
        ["list", [true, false, -3, 1.5]],
        ["data", Buffer.from([1, 2])],
        ["date", new Date("2024-02-29")],
        ["__proto__", new Map()],
      ]),
    );
  });

  test.each([
    ["nothing", "", /not well-formed/],
    ["text", "hello", /not well-formed/],
    ["a binary property list", "bplist00", /not well-formed/],
    ["tags that do not match", "<plist><dict></array></plist>", /not well-formed XML/],
    ["text in another encoding", "<plist><string>\uFFFD</string></plist>", /not well-formed XML/],
    ["another root", "<dict/>", /no property list with one value/],
    ["two values", "<plist><true/><true/></plist>", /no property list with one value/],
    ["a key without a value", "<plist><dict><key>a</key></dict></plist>", /key without a value/],
    ["a value without a key", "<plist><dict><true/><true/></dict></plist>", /key without a value/],
    ["a key twice", "<plist><dict><key>a</key><true/><key>a</key><false/></dict></plist>", /key "a" twice/],
    ["an unknown element", "<plist><script/></plist>", /unknown element <script>/],
    ["a malformed integer", "<plist><integer>1e</integer></plist>", /malformed value "1e"/],
    [
      "entities of its own",
      '<!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>',
      /declares XML entities/,
    ],
    [
      "a hundred arrays in each other",
      `<plist>${"<array>".repeat(100)}${"</array>".repeat(100)}</plist>`,
      /nested too deeply/,
    ],
  ])("refuses %s", async (_title, xml, message) => {
    await expect(read(xml)).rejects.toThrow(message);
    await expect(read(xml)).rejects.toBeInstanceOf(PlistError);
  });

  test("answers any text with a value or a PlistError", async () => {
    const pieces = fc.constantFrom(
      "<plist>",
      "</plist>",
      "<dict>",
      "</dict>",
      "<key>",
      "</key>",
      "<string>",
      "&",
      "x",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces), async (parts) => {
        await read(parts.join("")).catch((error: unknown) => {
          if (!(error instanceof PlistError)) throw error;
        });
      }),
    );
  });
});
