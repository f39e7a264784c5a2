import { describe, expect, test } from "@jest/globals";
import { parseFormula } from "./parse.ts";

/** The code that a formula with these lines in its class would run when it is loaded. */
const foreign = (body: string): readonly string[] =>
  parseFormula(`class Widget < Formula\n${body}\nend\n`, "widget.rb").foreign.map(({ value }) => value);

describe("a formula may", () => {
  test.each([
    'desc "x"',
    "license :public_domain",
    "revision -1",
    "deprecate! date: nil, because: true, replacement: false",
    'depends_on(["a"] => { "b" => :c })',
    "livecheck do\n  url :stable\n  regex(/v?(\\d+)/i)\nend",
    'on_macos do\n  on_arm do\n    version "1"\n  end\nend',
    'resource "x" do\n  url "https://a"\n  patch do\n    url "https://b"\n  end\nend',
    'test do\n  system "x"\nend',
    'service do\n  run "x"\nend',
    "def x = 1",
    'def install\n  bin.install "x"\nend',
    'NAMES = ["a", "b"].freeze',
    'NAME = "a"',
    "if OS.mac?\n  revision 1\nelsif OS.linux?\n  revision 2\nend",
  ])("have %j", (body) => expect(foreign(body)).toEqual([]));
});

describe("a formula may not", () => {
  test.each([
    ['system "x"', 'system "x"'],
    ['caveats "x" + `id`', "caveats"],
    ["license run", "license run"],
    ['"license"', '"license"'],
    ["license a", "license a"],
    ['revision 1.send(:system, "id")', "revision 1 . send"],
    ["def x; end; run; def y; end", "run"],
    ['resource name do\n  url "https://a"\nend', "resource name do"],
    ['resource "x" do\n  on_macos do\n  end\nend', "on_macos do"],
    ["service do |x|\nend", "service do | x |"],
    ["loop do\nend", "loop do"],
    ["Name = run", "Name = run"],
    ['value = "a"', 'value = "a"'],
    ["Name = run.freeze", "Name = run . freeze"],
    ["if OS.mac? then run end", "if OS . mac? then run end"],
    ['"x".run', '"x" . run'],
    ['if run\n  version "1"\nend', "if run"],
  ])("run %j", (body, expected) => expect(foreign(body)[0] ?? "nothing").toContain(expected));

  test("and the code in the report is shortened", () => {
    expect(foreign(`run "${"x".repeat(100)}"`)).toEqual([`run "${"x".repeat(75)}…`]);
    expect(foreign(`run "${"x".repeat(74)}"`)).toEqual([`run "${"x".repeat(74)}"`]);
  });
});
