import { describe, expect, test } from "@jest/globals";
import { findSections, NotesError } from "./sections.ts";
import { DEFAULT_TEMPLATE, renderTemplate, type Values } from "./template.ts";

const section = (name: string, content: string): string => `<!-- section ${name} -->${content}<!-- end ${name} -->`;

describe("findSections", () => {
  test("finds the text between markers, with any spacing in the markers", () => {
    const text = `a<!--section x-->one<!-- end   x -->b${section("y", "two")}`;
    expect(findSections(text, "x").map(({ name, content }) => [name, content])).toEqual([
      ["x", "one"],
      ["y", "two"],
    ]);
  });

  test.each([
    ["a fenced block", "```html\n<!-- section x -->\n```\n"],
    ["a fenced block with tildes", "~~~\n<!-- end x -->\n~~~\n"],
    ["a block that contains a shorter fence", "````\n```\n<!-- section x -->\n````\n"],
    ["a code span", "Write `<!-- section x -->` before it.\n"],
    ["a span over two lines", "Write ``a\nb <!--section x--> ` b``.\n"],
    ["an indented block", "Like this:\n\n    <!-- section x -->\n"],
  ])("treats markers in %s as text", (_name, text) => {
    expect(findSections(`${text}\n${section("y", "two")}\n`, "x").map(({ name }) => name)).toEqual(["y"]);
  });

  test.each([
    ["a stray backtick", "It costs 5` and\n<!-- section y -->two` <!-- end y -->"],
    ["an indented line of a paragraph", `Words\n    go on\n${section("y", "two")}`],
  ])("finds a section behind %s", (_name, text) => {
    expect(findSections(text, "x").map(({ name }) => name)).toEqual(["y"]);
  });

  test.each([
    ["a section that does not end", "<!-- section x -->", "the notes: the section x does not end"],
    ["an end without a beginning", "<!-- end x -->", "the section x ends, but did not begin"],
    ["a section inside another", section("x", section("y", "")), "the section y begins inside of x"],
    ["crossed sections", "<!-- section x --><!-- end y -->", "the section y ends, but did not begin"],
    ["a section twice", section("x", "") + section("x", ""), "the section x occurs twice"],
  ])("refuses %s", (_name, text, message) => {
    expect(() => findSections(text, "the notes")).toThrow(NotesError);
    expect(() => findSections(text, "the notes")).toThrow(message);
  });
});

describe("renderTemplate", () => {
  const values: Values = {
    app: "widget",
    version: "1.2.3",
    tag: "v1.2.3",
    repository: "acme/widget",
    notes: "Faster.",
    changes: "",
    install: "",
    installers: "",
    downloads: "| a |",
    attestations: "",
    channels: "",
  };

  test("fills the built-in template, and leaves sections without content empty", () => {
    const rendered = renderTemplate(DEFAULT_TEMPLATE, values);
    expect(findSections(rendered, "x").map(({ name, content }) => [name, content.trim()])).toEqual([
      ["notes", "Faster."],
      ["install", ""],
      ["downloads", "## Download widget 1.2.3\n\n| a |"],
      ["channels", ""],
    ]);
  });

  test("inserts values literally, and does not touch workflow expressions", () => {
    const notes = "{{ version }} $& $1";
    expect(renderTemplate("{{notes}} {{ tag }} ${{ github.sha }}", { ...values, notes })).toBe(
      `${notes} v1.2.3 \${{ github.sha }}`,
    );
  });

  test.each([
    [
      "an unknown placeholder",
      "{{ changelog }}",
      values,
      "has the placeholder {{ changelog }}, expected one of app, version",
    ],
    [
      "a placeholder named like a property of every object",
      "{{ constructor }}",
      values,
      "has the placeholder {{ constructor }}",
    ],
    ["broken sections", "<!-- end x -->", values, "the template: the section x ends"],
    [
      "markers in the notes",
      DEFAULT_TEMPLATE,
      { ...values, notes: "<!-- end notes -->" },
      "the notes contain section markers",
    ],
    ["an unclosed code block", DEFAULT_TEMPLATE, { ...values, notes: "```sh\nrun" }, "an unclosed code block"],
  ])("refuses %s", (_name, template, given, message) => {
    expect(() => renderTemplate(template, given)).toThrow(message);
  });
});
