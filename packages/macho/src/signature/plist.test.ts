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
    ["two spaces before it, as in Node.js", (xml: string) => `  ${xml}`],
    ["a line feed before it", (xml: string) => `\n${xml}`],
    ["a byte order mark before it", (xml: string) => `\uFEFF${xml}`],
    ["a stray end tag after it, as in Microsoft's azmcp", (xml: string) => `${xml}\n</xml>`],
    ["zeros after it", (xml: string) => `${xml}\0\0`],
    ["the mark of the binary form in a comment", (xml: string) => xml.replace("<plist", "<!-- bplist00 --><plist")],
    ["an end tag in a comment", (xml: string) => xml.replace("<dict>", "<!-- </plist> --><dict>")],
  ])("accepts %s", async (_title, change) => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>a</key><true/></dict></plist>`;
    expect(await read(change(xml))).toEqual(new Map([["a", true]]));
  });

  test.each<[title: string, bytes: Buffer, form: RegExp]>([
    ["a binary property list", Buffer.from("bplist00\0"), /the list is a binary property list, not an XML/],
    ["UTF-16 with a byte order mark", Buffer.from("\uFEFF<plist/>", "utf16le"), /is text in UTF-16/],
    ["big-endian UTF-16", Buffer.from("<plist/>", "utf16le").swap16(), /is text in UTF-16/],
    ["the OpenStep form", Buffer.from('\n{ "com.apple.security.cs.allow-jit" = 1; }'), /old OpenStep form/],
    ["the OpenStep form of strings files", Buffer.from('name = "x";'), /old OpenStep form/],
    ["an OpenStep list", Buffer.from("( a, b )"), /old OpenStep form or JSON/],
    ["an OpenStep text after a byte order mark", Buffer.from('\uFEFF "x"'), /old OpenStep form or JSON/],
    ["the other kind of OpenStep comment", Buffer.from("/* x */ {}"), /old OpenStep form/],
    [
      "big-endian UTF-16 with a byte order mark",
      Buffer.from("\uFEFF<plist/>", "utf16le").swap16(),
      /is text in UTF-16/,
    ],
    ["UTF-16 without a byte order mark", Buffer.from("<plist/>", "utf16le"), /is text in UTF-16/],
    ["an OpenStep comment", Buffer.from("// !$*UTF8*$!\n{}"), /old OpenStep form/],
  ])("names the format of %s", async (_title, bytes, form) => {
    await expect(readPlist(bytes, "the list")).rejects.toThrow(form);
  });

  test.each([
    ["nothing", "", /not well-formed/],
    ["text", "hello", /not well-formed/],
    ["tags that do not match", "<plist><dict></array></plist>", /not well-formed XML/],
    ["text in another encoding", "<plist><string>\uFFFD</string></plist>", /not well-formed XML/],
    ["another root", "<dict/>", /not a property list with one value/],
    ["another root with one value", "<array><true/></array>", /not a property list with one value/],
    ["two values", "<plist><true/><true/></plist>", /not a property list with one value/],
    ["a key without a value", "<plist><dict><key>a</key></dict></plist>", /key without a value/],
    ["a value without a key", "<plist><dict><true/><true/></dict></plist>", /key without a value/],
    ["a key twice", "<plist><dict><key>a</key><true/><key>a</key><false/></dict></plist>", /key "a" twice/],
    ["an unknown element", "<plist><script/></plist>", /unknown element <script>/],
    ["an empty integer", "<plist><integer> </integer></plist>", /malformed value " "/],
    ["an infinite number", "<plist><real>Infinity</real></plist>", /malformed value "Infinity"/],
    ["a malformed date", "<plist><date>yesterday</date></plist>", /malformed value "yesterday"/],
    ["malformed data", "<plist><data>*</data></plist>", /malformed value "\*"/],
    ["a malformed integer", "<plist><integer>1e</integer></plist>", /malformed value "1e"/],
    [
      "its own entities",
      '<!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>',
      /declares XML entities/,
    ],
    [
      "a hundred nested arrays",
      `<plist>${"<array>".repeat(100)}${"</array>".repeat(100)}</plist>`,
      /nested too deeply/,
    ],
  ])("refuses %s", async (_title, xml, message) => {
    await expect(read(xml)).rejects.toThrow(message);
    await expect(read(xml)).rejects.toBeInstanceOf(PlistError);
  });

  test("reads any text or throws a PlistError", async () => {
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
