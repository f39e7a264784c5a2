import { describe, expect, test } from "@jest/globals";
import { scanFormula } from "./scan.ts";

/** The place of each statement of a class body, as `first word: place system processor`. */
function placesOf(body: string): string[] {
  const statements = scanFormula(`class Widget < Formula\n${body}\nend\n`, "widget.rb");
  return statements
    .slice(1, -1)
    .map(({ tokens, place, os, arch }) => [`${tokens[0]?.text}:`, place, os, arch].filter(Boolean).join(" "));
}

describe("a statement of a formula", () => {
  test.each<[name: string, body: string, places: string[]]>([
    ["in the class runs when the file is loaded", "x", ["x: class"]],
    [
      "in Homebrew's platform blocks is for their platform",
      "on_macos do\non_arm do\nx\nend\non_intel do\ny\nend\nend\nz",
      [
        "on_macos: class",
        "on_arm: class macos",
        "x: class macos arm",
        "end: class macos arm",
        "on_intel: class macos",
        "y: class macos intel",
        "end: class macos intel",
        "end: class macos",
        "z: class",
      ],
    ],
    [
      "in a block for Linux is for Linux",
      "on_linux do\nx\nend",
      ["on_linux: class", "x: class linux", "end: class linux"],
    ],
    ["in the block `stable` is for every platform", "stable do\nx\nend", ["stable: class", "x: class", "end: class"]],
    [
      "after a condition on the platform is for that platform",
      "if OS.linux? && Hardware::CPU.intel?\nx\nend",
      ["if: class", "x: class linux intel", "end: class linux intel"],
    ],
    [
      "after `then` is also for that platform",
      "if OS.mac? then\nx\nend",
      ["if: class", "x: class macos", "end: class macos"],
    ],
    [
      "after `elsif` is for the new condition",
      "if OS.mac?\nx\nelsif Hardware::CPU.arm?\ny\nend",
      ["if: class", "x: class macos", "elsif: class macos", "y: class arm", "end: class arm"],
    ],
    [
      "after `else` is for the other system",
      "if OS.linux?\nx\nelse\ny\nend",
      ["if: class", "x: class linux", "else: class linux", "y: class macos", "end: class macos"],
    ],
    [
      "after `else` is for the other processor of that system",
      "on_macos do\nif Hardware::CPU.arm?\nx\nelse\ny\nend\nend",
      [
        "on_macos: class",
        "if: class macos",
        "x: class macos arm",
        "else: class macos arm",
        "y: class macos intel",
        "end: class macos intel",
        "end: class macos",
      ],
    ],
    [
      "after `else` of two conditions has no known platform",
      "if OS.mac? && Hardware::CPU.arm?\nx\nelse\ny\nend",
      ["if: class", "x: class macos arm", "else: class macos arm", "y: opaque", "end: opaque"],
    ],
    [
      "after `else` of a condition that is always true has no known platform",
      "on_macos do\nif OS.mac?\nx\nelse\ny\nend\nend",
      [
        "on_macos: class",
        "if: class macos",
        "x: class macos",
        "else: class macos",
        "y: opaque macos",
        "end: opaque macos",
        "end: class macos",
      ],
    ],
    [
      "after `rescue` has no known platform",
      "if OS.mac?\nrescue E\ny\nend",
      ["if: class", "rescue: class macos", "y: opaque", "end: opaque"],
    ],
    [
      "after another condition has no known platform",
      "if MacOS.version > 13\nx\nelse\ny\nend",
      ["if: class", "x: opaque", "else: opaque", "y: opaque", "end: opaque"],
    ],
    [
      "after a partly known condition has no known platform",
      "if OS.mac? && x?\ny\nend",
      ["if: class", "y: opaque", "end: opaque"],
    ],
    [
      "after a condition in a string has no known platform",
      'if "OS.mac?"\ny\nend',
      ["if: class", "y: opaque", "end: opaque"],
    ],
    ["after `unless` has no known platform", "unless OS.mac?\ny\nend", ["unless: class", "y: opaque", "end: opaque"]],
    [
      "in another block has no known platform",
      "resource do\non_macos do\nx\nend\nend",
      ["resource: class", "on_macos: opaque", "x: opaque", "end: opaque", "end: opaque"],
    ],
    [
      "in a block with arguments has no known platform",
      "on_macos do |x|\ny\nend",
      ["on_macos: class", "y: opaque", "end: opaque"],
    ],
    [
      "in a method is deferred",
      "def install\nif x\ny\nelse\nz\nend\nend\nw",
      [
        "def: class",
        "if: deferred",
        "y: deferred",
        "else: deferred",
        "z: deferred",
        "end: deferred",
        "end: deferred",
        "w: class",
      ],
    ],
    ["in the test is deferred", "test do\nx\nend", ["test: class", "x: deferred", "end: deferred"]],
    ["in the service is deferred", "service do\nx\nend", ["service: class", "x: deferred", "end: deferred"]],
    [
      "in a method for one platform keeps the platform",
      "on_macos do\ndef x\ny\nend\nend",
      ["on_macos: class", "def: class macos", "y: deferred macos", "end: deferred macos", "end: class macos"],
    ],
    [
      "in a nested class does not belong to the formula",
      "class X\ny\nend",
      ["class: class", "y: opaque", "end: opaque"],
    ],
  ])("%s", (_name, body, places) => expect(placesOf(body)).toEqual(places));

  test.each([
    ["a block after a string that ends with a dot", 'foo "a." do\nx\nend\nlast'],
    ["an `if` after `else` in the same line", "if OS.mac?\nx\nelse if OS.linux?\ny\nend\nend\nlast"],
  ])("after %s is in the class again", (_name, body) => {
    expect(placesOf(body).at(-1)).toBe("last: class");
  });

  test("outside of the class does not belong to the formula", () => {
    const ruby = "module A\nclass B < Formula\nx\nend\nend\nif OS.mac?\ny\nend\nz";
    const found = scanFormula(ruby, "widget.rb").map(({ tokens, place, os }) =>
      `${tokens[0]?.text} ${place} ${os ?? ""}`.trim(),
    );
    expect(found).toEqual([
      "module outside",
      "class opaque",
      "x opaque",
      "end opaque",
      "end opaque",
      "if outside",
      "y opaque",
      "end opaque",
      "z outside",
    ]);
  });
});

describe("a line without an `end` does not open a block", () => {
  test.each([
    "def x = 1",
    "def x(a, b = (1)) = a",
    "def self.x = 1",
    "def self.x(a) = 1",
    "def a.b.c(d) = 1",
    "x if y",
    "x unless y",
    "x while y",
    "x until y",
    "return if x",
    "f(a) if b",
    "a[1] if b",
    '"a" if b',
    "x.if",
    "x&.end",
    "X::end",
    "def end = 1",
    "f(if x then 1 else 2 end)",
    "x = (while y do z end)",
    "x = [while y do z end]",
    "x = y { while z do w end }",
    "[1].each { |x| if x then y end }",
    "x = { if: 1, end: 2 }",
    "x = :end",
  ])("%s", (ruby) => expect(placesOf(`${ruby}\nnext`).at(-1)).toBe("next: class"));

  test.each([
    "if x then y end",
    "y = if x\n1\nend",
    "y = [1, if x\n1\nend]",
    "f a, if x\n1\nend",
    "f a: if x\n1\nend",
    "a and if x\n1\nend",
    "a or unless x\n1\nend",
    "not if x\n1\nend",
    "y = begin\n1\nrescue E\n2\nensure\n3\nend",
    "y = case x\nwhen 1\n2\nin 3\n4\nelse\n5\nend",
    "while x do\ny\nend",
    "until x do\ny\nend",
    "for x in y do\nz\nend",
    "while x\ny\nend",
    "x.each do |y|\nz\nend",
    "module X\nend",
    "def if\nend",
    "def x.end\nend",
    "if x then if y then z end end",
    "x do if y\nz\nend end",
    "def x(a = 1)\nend",
    "def x\nend",
    "def self.x\nend",
    "def x; end",
  ])("%s", (ruby) => expect(placesOf(`${ruby}\nnext`).at(-1)).toBe("next: class"));
});

test.each<[ruby: string, message: string]>([
  ["a\nend", "line 2 has one `end` too many"],
  ["a\nelsif b", "line 2 has `elsif` outside of a block"],
  ["when b", "line 1 has `when` outside of a block"],
  ["rescue", "line 1 has `rescue` outside of a block"],
  ["ensure", "line 1 has `ensure` outside of a block"],
  ["in x", "line 1 has `in` outside of a block"],
  ["a\nb do\nc do\nend", "line 2 has a block that is never closed"],
  ["if a\n\nelse\nb", "line 3 has a block that is never closed"],
])("refuses %j, and names the line", (ruby, message) => {
  expect(() => scanFormula(ruby, "widget.rb")).toThrow(`widget.rb cannot be parsed: ${message}`);
});
