import { describe, expect, test } from "@jest/globals";
import { classNameOf, FormulaError } from "./formula.ts";
import { makeFormula } from "./formula-fixture.ts";
import { parseFormula } from "./parse.ts";

const parse = (text: string) => parseFormula(text, "widget.rb");
const inClass = (body: string): string => `class Widget < Formula\n${body}\nend\n`;

describe("parseFormula", () => {
  test("reads a formula of cargo-dist, with the platform of every download", () => {
    const formula = parse(makeFormula());
    expect(formula).toMatchObject({ className: { value: "Widget", line: 1 }, version: { value: "1.2.3", line: 4 } });
    expect(
      formula.downloads.map(({ os, arch, url, sha256 }) => [
        os,
        arch,
        url.value.replace(/.*\//, ""),
        url.line,
        sha256.length,
      ]),
    ).toEqual([
      ["macos", "arm", "widget-aarch64-apple-darwin.tar.xz", 7, 1],
      ["macos", "intel", "widget-x86_64-apple-darwin.tar.xz", 11, 1],
      ["linux", "arm", "widget-aarch64-unknown-linux-musl.tar.xz", 17, 1],
      ["linux", "intel", "widget-x86_64-unknown-linux-gnu.tar.xz", 21, 1],
    ]);
  });

  test.each<[name: string, body: string, downloads: [os: string | undefined, arch: string | undefined, url: string][]]>(
    [
      ["one download for all", 'url "https://a"', [[undefined, undefined, "https://a"]]],
      [
        "Homebrew's own blocks",
        'on_macos do\n on_arm do\n url "https://a"\n end\nend\non_linux do\n url "https://b"\nend',
        [
          ["macos", "arm", "https://a"],
          ["linux", undefined, "https://b"],
        ],
      ],
      [
        "one condition for both",
        'if OS.mac? && Hardware::CPU.arm?\n url "https://a"\nend',
        [["macos", "arm", "https://a"]],
      ],
      [
        "an else for the system",
        'if OS.mac?\n url "https://a"\nelse\n url "https://b"\nend',
        [
          ["macos", undefined, "https://a"],
          ["linux", undefined, "https://b"],
        ],
      ],
      [
        "an else for the processor",
        'if OS.linux?\nif Hardware::CPU.intel?\n url "https://a"\nelse\n url "https://b"\nend\nend',
        [
          ["linux", "intel", "https://a"],
          ["linux", "arm", "https://b"],
        ],
      ],
      [
        "an elsif",
        'if OS.mac?\n url "https://a"\nelsif OS.linux?\n url "https://b"\nend',
        [
          ["macos", undefined, "https://a"],
          ["linux", undefined, "https://b"],
        ],
      ],
      [
        "a resource, which is not a download of the release",
        'url "https://a"\nresource "x" do\n url "https://b"\nend',
        [[undefined, undefined, "https://a"]],
      ],
      [
        "a method with every kind of block",
        'url "https://a"\ndef x\n y = if z\n 1\n end\n w do |a|\n end\n return if v\n begin\n rescue E\n ensure\n end\nend',
        [[undefined, undefined, "https://a"]],
      ],
      [
        "a here document with words of Ruby",
        'def caveats\n <<~EOS\n if you like\n url "https://x"\n EOS\nend\nurl "https://a"',
        [[undefined, undefined, "https://a"]],
      ],
      [
        "comments, single quotes and options",
        "# url \"https://x\"\nurl 'https://a', using: :x # why",
        [[undefined, undefined, "https://a"]],
      ],
      [
        "an unknown condition, whose platform is unknown",
        'url "https://a"\nif MacOS.version > 13\n url "https://b"\nend',
        [[undefined, undefined, "https://a"]],
      ],
    ],
  )("reads %s", (_name, body, downloads) => {
    expect(parse(inClass(body)).downloads.map(({ os, arch, url }) => [os, arch, url.value])).toEqual(downloads);
  });

  test.each<[name: string, text: string, message: string]>([
    ["an empty file", "", "has no `class … < Formula`"],
    ["a page of HTML", "<html>404</html>", "a string without its end"],
    ["two formulae in one file", makeFormula() + makeFormula(), "has a second formula"],
    ["an unclosed block", makeFormula().replace(/end\n$/, ""), "line 1 has a block that is never closed"],
    ["a surplus end", `${makeFormula()}end\n`, "one `end` too many"],
    ["an else outside of a block", "else\n", "`else` outside of a block"],
    ["interpolation in a value", inClass('url "https://a/#{`id`}"'), "has a `url` that is not a plain string"],
    ["interpolation in the description", inClass('desc "x #{system(1)}"'), "has a `desc` that is not a plain string"],
    ["interpolation of a variable", inClass('version "1#@x"'), "has a `version` that is not a plain string"],
    [
      "a description that closes its own quotes, as cargo-dist writes it",
      inClass('desc "Say "hi""'),
      "has a `desc` that is not a plain string",
    ],
    ["a computed value", inClass("url base + name"), "has a `url` that is not a plain string"],
    ["a second version", inClass('version "1"\nversion "2"'), "has a second `version`"],
    ["a checksum before any url", inClass('sha256 "x"'), "has a `sha256` that follows no `url`"],
    [
      "a checksum for another platform than its url",
      inClass('url "https://a"\nif OS.mac?\nsha256 "x"\nend'),
      "has a `sha256` that follows no `url`",
    ],
  ])("refuses %s", (_name, text, message) => {
    expect(() => parse(text)).toThrow(FormulaError);
    expect(() => parse(text)).toThrow(message);
  });

  test("reads the tag and the checksums of a git download, and the formula's dependencies", () => {
    const { downloads, dependencies } = parse(
      inClass(
        'url "https://a.git", tag: "v1", revision: "x"\nsha256 "a"\nsha256 "b"\ndepends_on "gadget"\ndepends_on :macos\n' +
          'def install\ndepends_on "never"\nend\ndepends_on "acme/tap/b" => :build',
      ),
    );
    expect(downloads).toMatchObject([{ tag: "v1", sha256: [{ value: "a" }, { value: "b", line: 4 }] }]);
    expect(dependencies.map(({ value }) => value)).toEqual(["gadget", "acme/tap/b"]);
    expect(dependencies.map(({ line }) => line)).toEqual([5, 10]);
  });

  test("reads no tag when there is none, and refuses a computed one", () => {
    expect(parse(inClass('url "https://a.git"')).downloads[0]?.tag).toBeUndefined();
    expect(() => parse(inClass('url "https://a.git", tag: name'))).toThrow("not a plain string");
    expect(parse(inClass('url "https://a.git", tag: :x')).downloads[0]?.tag).toBeUndefined();
  });

  test("accepts values in brackets, and refuses anything after a value", () => {
    expect(parse(inClass('version("1")')).version?.value).toBe("1");
    for (const body of ['version "1" "2"', 'version("1" + "2")', 'version "1" if OS.mac?', "version", "version :x"]) {
      expect(() => parse(inClass(body))).toThrow("has a `version` that is not a plain string");
    }
  });

  test("shows the start of a value that it refuses", () => {
    expect(() => parse(inClass(`desc x${"y".repeat(100)}`))).toThrow(`not a plain string: x${"y".repeat(79)}`);
    expect(() => parse(inClass(`desc x${"y".repeat(100)}`))).not.toThrow(`x${"y".repeat(80)}`);
    expect(() => parse(inClass("desc x"))).toThrow(
      expect.objectContaining({ advice: expect.stringContaining("copies `description` and `homepage`") }),
    );
  });

  test.each([
    ["class Widget", "has no `class … < Formula`"],
    ["class Widget < Cask", "has no `class … < Formula`"],
    ["class Widget < Formula if x", "has no `class … < Formula`"],
    ["module Widget < Formula", "has no `class … < Formula`"],
  ])("refuses %s", (head, message) => {
    expect(() => parse(`${head}\nend\n`)).toThrow(message);
  });

  test("names the line of a second formula or version", () => {
    const at = (text: string, line: number) =>
      expect(() => parse(text)).toThrow(expect.objectContaining({ location: { file: "widget.rb", line } }));
    at("\nclass A < Formula\nend\nclass B < Formula\nend\n", 4);
    at(inClass('version "1"\n\nversion "2"'), 4);
    at(inClass('\nsha256 "x"'), 3);
    at("\n", 1);
  });

  test("accepts a license that is not a string, and an escaped quote", () => {
    expect(() => parse(inClass('license any_of: ["MIT", "Apache-2.0"]\ndesc "Say \\"hi\\" \\#{x}"'))).not.toThrow();
  });

  test("names the line of an interpolation", () => {
    expect(() => parse(inClass('\ndesc "#{1}"'))).toThrow(
      expect.objectContaining({ location: { file: "widget.rb", line: 3 } }),
    );
  });
});

test.each([
  ["widget.rb", "Widget"],
  ["Formula/widget-cli.rb", "WidgetCli"],
  ["widget-v2.rb", "WidgetV2"],
  ["widget_x.rb", "WidgetX"],
  ["widget@1.2.rb", "WidgetAT12"],
  ["widget-cli@10.21.rb", "WidgetCliAT1021"],
  ["lib+x.rb", "Libxx"],
  ["FOO.rb", "Foo"],
  ["a/b.rb/widget 2.x.rb", "Widget2X"],
  ["widget@beta.rb", "Widget@beta"],
  ["c++-lib.rb.rb", "CxxLibRb"],
  ["widget", "Widget"],
])("derives from %s the class %s, as Homebrew does", (file, className) => {
  expect(classNameOf(file)).toBe(className);
});
