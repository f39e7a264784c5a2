import { describe, expect, test } from "@jest/globals";
import { FormulaError } from "./formula.ts";
import { lexFormula } from "./lex.ts";

/** The statements of a text, each token as `kind text`. */
const lex = (text: string): string[][] =>
  lexFormula(text, "widget.rb").map((tokens) => tokens.map(({ kind, text: value }) => `${kind} ${value}`));
/** The statements of a text, each as the texts of its tokens. */
const statements = (text: string): string[] =>
  lexFormula(text, "widget.rb").map((tokens) => tokens.map(({ text: value }) => value).join(" "));
const NUMBERS = "1 12 1_000 1.5 0x1F 0b10 0o17 017 1e-3 1.5e3 2r";

describe("a statement has the tokens that Ruby reads", () => {
  test.each<[ruby: string, tokens: string[]]>([
    ["desc", ["word desc"]],
    ["_x1 Größe", ["word _x1", "word Größe"]],
    ["empty? save!", ["word empty?", "word save!"]],
    ["a!=b", ["word a", "op !=", "word b"]],
    ["a? ==b", ["word a?", "op ==", "word b"]],
    ["a ? b : c", ["word a", "op ?", "word b", "op :", "word c"]],
    ["a ? b: c", ["word a", "op ?", "word b", "op :", "word c"]],
    ["a ? :b : :c", ["word a", "op ?", "symbol :b", "op :", "symbol :c"]],
    ["Foo::Bar", ["word Foo", "op ::", "word Bar"]],
    ["a&.b", ["word a", "op &.", "word b"]],
    ["a <=> b", ["word a", "op <=>", "word b"]],
    ["a **= b", ["word a", "op **=", "word b"]],
    ["a <<b", ["word a", "op <<", "word b"]],
    ["->(x)", ["op ->", "op (", "word x", "op )"]],
    ["tag: x", ["label tag", "word x"]],
    ["f(tag:)", ["word f", "op (", "label tag", "op )"]],
    ["valid?: x", ["label valid?", "word x"]],
    ['"a b": x', ["label a b", "word x"]],
    ["'a b': x", ["label a b", "word x"]],
    ['"a"::B', ["string a", "op ::", "word B"]],
    ["x ? `a`: b", ["word x", "op ?", "code a", "op :", "word b"]],
    [":a :b? :c! :d=", ["symbol :a", "symbol :b?", "symbol :c!", "symbol :d="]],
    [':"a b"', ["string a b"]],
    [NUMBERS, NUMBERS.split(" ").map((number) => `number ${number}`)],
    ["1.send(:x)", ["number 1", "op .", "word send", "op (", "symbol :x", "op )"]],
    ["1..3", ["number 1", "op ..", "number 3"]],
    ["a \u0001", ["word a", "op \u0001"]],
    ["a # b\n", ["word a"]],
    ["a \\ b", ["word a", "op \\", "word b"]],
    ["{ a; b }", ["op {", "word a", "op ;", "word b", "op }"]],
    ["a\t\r b", ["word a", "word b"]],
    ["a / b", ["word a", "op /", "word b"]],
    ['bin/"x"', ["word bin", "op /", "string x"]],
    ["1 /2", ["number 1", "op /", "number 2"]],
    ["(a) /2", ["op (", "word a", "op )", "op /", "number 2"]],
    ["a[1] /2", ["word a", "op [", "number 1", "op ]", "op /", "number 2"]],
    ["x /= 2", ["word x", "op /=", "number 2"]],
    ["puts /a b/im", ["word puts", "regexp a b"]],
    ["k: /a/", ["label k", "regexp a"]],
    ["f(/a/i, b)", ["word f", "op (", "regexp a", "op ,", "word b", "op )"]],
    ["/a/", ["regexp a"]],
    ["a % b", ["word a", "op %", "word b"]],
    ["10 %3", ["number 10", "op %", "number 3"]],
    ["puts %w[a b]", ["word puts", "string a b"]],
    ["x = %w[a]", ["word x", "op =", "string a"]],
  ])("in %j", (ruby, tokens) => expect(lex(ruby)).toEqual([tokens]));
});

describe("a string", () => {
  test.each<[ruby: string, token: string]>([
    [String.raw`"a\tb\n\e\s\0\r"`, "string a\tb\n\u001B \0\r"],
    [String.raw`"say \"hi\" \#{x} \\"`, 'string say "hi" #{x} \\'],
    [String.raw`'a\tb'`, String.raw`string a\tb`],
    [String.raw`'it\'s \\'`, "string it's \\"],
    [String.raw`%w[a\ b\]]`, "string a b]"],
    ["'#{x}'", "string #{x}"],
    ['"#x # {y}"', "string #x # {y}"],
    ['"a\nb"', "string a\nb"],
    ["%w[a [b] c]", "string a [b] c"],
    ["%w(a (b) c)", "string a (b) c"],
    ["%w{a {b} c}", "string a {b} c"],
    ["%w<a <b> c>", "string a <b> c"],
    ["%w|a b|", "string a b"],
    ["%w!a b!", "string a b"],
    ["%w/a b/", "string a b"],
    ['"a\\\nb"', "string ab"],
    ["%w[#{x}]", "string #{x}"],
  ])("%j is a plain string", (ruby, token) => expect(lex(ruby)).toEqual([[token]]));

  test.each([
    '"a #{x} b"',
    '"a #{x "}" + \'}\' {} } b"',
    String.raw`"a #{"b\"}"} c"`,
    String.raw`"a #{'b\'}'} c"`,
    '"a #{b("#{c("}")}")} d"',
    `"a #{\`echo }\`} b"`,
    `"a #{'#{'} b"`,
    '"#@x"',
    '"#$x"',
    ':"a#{x}"',
    "`id`",
    "%W[a #{x}]",
    "%x(id)",
    "%q(a)",
    "%(a)",
    "%i[a b]",
    "%r{a}",
    "/a#{x}/",
    "<<~EOS\nEOS\n",
  ])("%j is one token of code", (ruby) => {
    expect(lex(`${ruby.endsWith("\n") ? `x ${ruby}` : `x = ${ruby}`}`).flat()).toEqual(
      expect.arrayContaining(["word x", expect.stringMatching(/^code /)]),
    );
    expect(lex(ruby)).toHaveLength(1);
    expect(lex(ruby)[0]).toHaveLength(1);
  });
});

describe("a statement", () => {
  test.each<[name: string, ruby: string, statements: string[]]>([
    ["ends with its line", "a\nb\n", ["a", "b"]],
    ["ends with a semicolon", "a; b;;c", ["a", "b", "c"]],
    ["continues in brackets", "f(a,\n  [b,\n c])\nd", ["f ( a , [ b , c ] )", "d"]],
    ["ends after a surplus bracket", "a)\nb", ["a )", "b"]],
    ["continues after a comma", "a b,\n  c\nd", ["a b , c", "d"]],
    ["continues after an operator", "a =\n  b &&\n  c ||\n d +\n e\nf", ["a = b && c || d + e", "f"]],
    ["ends after the parameters of a block", "a do |b|\nc", ["a do | b |", "c"]],
    ["continues when the next line starts with a dot", "a\n  .b\n  &.c\nd", ["a . b &. c", "d"]],
    ["does not continue when the next line starts with a range", "a\n  ..b", ["a", ".. b"]],
    ["continues after a backslash", "a \\\n  b\nc", ["a b", "c"]],
    ["continues after a backslash with CR LF", "a \\\r\n  b\r\nc", ["a b", "c"]],
    ["ends after a string that looks like an operator", 'desc ","\nb', ["desc ,", "b"]],
    ["ends before a comment that contains code", "a # (\nb", ["a", "b"]],
    ["ends at the end of the program", "a\n__END__\nb (", ["a"]],
    ["ends at the end of the program with CR LF", "a\r\n__END__\r\nb (", ["a"]],
    ["may start like the end of the program", "__END__x\n a __END__\nb", ["__END__x", "a __END__", "b"]],
    ["may follow a block comment", "=begin\nif\n=end of it (\na", ["a"]],
    ["may follow a block comment that names its end", "=begin\nx =end\nif (\n=end\na", ["a"]],
    ["does not exist in an unclosed block comment", "a\n=begin\nif\n", ["a"]],
    ["may look like a block comment", "a\n =begin\nb", ["a", "= begin", "b"]],
    ["skips its here document", "f <<~EOS, b\n  if (\n  EOS\nc", ["f <<~EOS , b", "c"]],
    ["skips two here documents", "f <<~A, <<~B\n if\nA\n do\nB\nc", ["f <<~A , <<~B", "c"]],
    ["skips a here document in quotes", "f <<~'the end'\n if\n the end\nc", ["f <<~'the end'", "c"]],
    [
      "skips a here document in lower case",
      "f <<~eos\n if\n eos\ng <<-eos\n if\neos\nc",
      ["f <<~eos", "g <<-eos", "c"],
    ],
    ["skips a here document without a dash or tilde", "f <<EOS\n if (\nEOS\nc", ["f <<EOS", "c"]],
    ["continues after a here document", "f(<<~EOS,\n if (\n EOS\n b)\nc", ["f ( <<~EOS , b )", "c"]],
  ])("%s", (_name, ruby, expected) => expect(statements(ruby)).toEqual(expected));

  test("has its line, whatever comes before it", () => {
    const ruby =
      'a\n\n# b\n"#{\\\n}" t; c "d\ne" f\n"#{g\n}\n#{"\n"}" h\ni \\\nj\nk <<~EOS\n\n EOS\nl\n=begin\n\n=end\nm "\\\n"\nn; o';
    const lines = lexFormula(ruby, "widget.rb").flatMap((tokens) =>
      tokens.map(({ text, line }) => [text.trim(), line]),
    );
    expect(lines.filter(([text]) => /^[a-z]$/.test(String(text)))).toEqual([
      ["a", 1],
      ["t", 5],
      ["c", 5],
      ["f", 6],
      ["h", 10],
      ["i", 11],
      ["j", 12],
      ["k", 13],
      ["l", 16],
      ["m", 20],
      ["n", 22],
      ["o", 22],
    ]);
  });
});

test.each<[ruby: string, message: string]>([
  ['a\nb "c\n', "line 2 has a string without its end"],
  ["%w[a [b]", "line 1 has a string without its end"],
  ['a\n"#{b\n\n', "line 2 has an interpolation without its end"],
  ['"#{"}', "line 1 has an interpolation without its end"],
  ["a\nb <<~EOS\nc\n", "line 2 has a here document without its end EOS"],
  ["a\nb <<~'the end'", "line 2 has a here document without its end the end"],
])("refuses %j with the line where it begins", (ruby, message) => {
  const failing = (): unknown => lexFormula(ruby, "widget.rb");
  expect(failing).toThrow(FormulaError);
  expect(failing).toThrow(`widget.rb cannot be parsed: ${message}`);
  const line = Number(/\d+/.exec(message)?.[0]);
  expect(failing).toThrow(expect.objectContaining({ location: { file: "widget.rb", line } }));
});
