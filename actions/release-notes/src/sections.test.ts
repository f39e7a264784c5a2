import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findSections, mergeNotes, SectionError } from "./sections.ts";
import { DEFAULT_TEMPLATE, renderTemplate, type Values } from "./template.ts";

const section = (name: string, content: string): string => `<!-- section ${name} -->${content}<!-- end ${name} -->`;

describe("findSections", () => {
  test("finds what lies between markers, whatever their spacing", () => {
    const text = `a<!--section x-->one<!-- end   x -->b${section("y", "two")}`;
    expect(findSections(text, "x").map(({ name, content }) => [name, content])).toEqual([
      ["x", "one"],
      ["y", "two"],
    ]);
  });

  test.each([
    ["a section that does not end", "<!-- section x -->", "the notes: the section x does not end"],
    ["an end without a beginning", "<!-- end x -->", "the section x ends, but did not begin"],
    ["a section inside of another", section("x", section("y", "")), "the section y begins inside of x"],
    ["crossed sections", "<!-- section x --><!-- end y -->", "the section y ends, but did not begin"],
    ["a section twice", section("x", "") + section("x", ""), "the section x is there twice"],
  ])("refuses %s", (_name, text, message) => {
    expect(() => findSections(text, "the notes")).toThrow(SectionError);
    expect(() => findSections(text, "the notes")).toThrow(message);
  });
});

describe("mergeNotes", () => {
  const rendered = `${section("notes", "new")}\n\n${section("install", "brew")}\n`;

  test("replaces notes that have no sections, such as cargo-dist's, as a whole", () => {
    expect(mergeNotes("# widget 1.2.3\n", rendered, undefined)).toBe(rendered);
  });

  test("keeps what people wrote around the sections, and a section they took away stays away", () => {
    const current = `Read this!\r\n\r\n${section("install", "old")}\r\nThanks to everybody.`;
    expect(mergeNotes(current, rendered, undefined)).toBe(
      `Read this!\r\n\r\n${section("install", "brew")}\r\nThanks to everybody.`,
    );
  });

  test("replaces one section only when asked, and adds it when it is not there", () => {
    const current = `${section("notes", "old")}\n${section("install", "old")}`;
    expect(mergeNotes(current, rendered, "install")).toBe(`${section("notes", "old")}\n${section("install", "brew")}`);
    expect(mergeNotes("Words.\n", rendered, "install")).toBe(`Words.\n\n${section("install", "brew")}\n`);
    expect(mergeNotes("", rendered, "install")).toBe(`${section("install", "brew")}\n`);
  });

  test("names the sections when the one asked for is not among them", () => {
    expect(() => mergeNotes("", rendered, "downloads")).toThrow("has no section downloads, only notes, install");
  });

  test("refuses notes whose markers are broken, instead of guessing what people wrote", () => {
    expect(() => mergeNotes("<!-- section notes -->", rendered, undefined)).toThrow(
      "the release's notes: the section notes does not end",
    );
  });

  const prose = fc.string({ maxLength: 30 }).filter((text) => !text.includes("<!--"));
  test("changes nothing the second time, and never what is outside", () => {
    fc.assert(
      fc.property(
        prose,
        prose,
        prose,
        fc.constantFrom(undefined, "notes", "install"),
        (before, content, after, only) => {
          const current = `${before}${section("notes", content)}${after}`;
          const merged = mergeNotes(current, rendered, only);
          expect(mergeNotes(merged, rendered, only)).toBe(merged);
          if (only !== "install") expect(merged).toBe(`${before}${section("notes", "new")}${after}`);
        },
      ),
    );
  });
});

describe("renderTemplate", () => {
  const values: Values = {
    ...{ app: "widget", version: "1.2.3", tag: "v1.2.3", repository: "acme/widget" },
    ...{ notes: "Faster.", install: "", downloads: "| a |", channels: "" },
  };

  test("fills the built-in template, and leaves sections empty that would say nothing", () => {
    const rendered = renderTemplate(DEFAULT_TEMPLATE, values);
    expect(findSections(rendered, "x").map(({ name, content }) => [name, content.trim()])).toEqual([
      ["notes", "Faster."],
      ["install", ""],
      ["downloads", "## Download widget 1.2.3\n\n| a |"],
      ["channels", ""],
    ]);
  });

  test("puts values in once, whatever they look like, and leaves expressions of workflows alone", () => {
    const notes = "{{ version }} $& $1";
    expect(renderTemplate("{{notes}} {{ tag }} ${{ github.sha }}", { ...values, notes })).toBe(
      `${notes} v1.2.3 \${{ github.sha }}`,
    );
  });

  test.each([
    [
      "a placeholder nobody knows",
      "{{ changelog }}",
      values,
      "has the placeholder {{ changelog }}, expected one of app, version",
    ],
    ["one that every object has", "{{ constructor }}", values, "has the placeholder {{ constructor }}"],
    ["broken sections", "<!-- end x -->", values, "the template: the section x ends"],
    [
      "markers in the notes",
      DEFAULT_TEMPLATE,
      { ...values, notes: "<!-- end notes -->" },
      "the notes hold markers of sections",
    ],
  ])("refuses %s", (_name, template, given, message) => {
    expect(() => renderTemplate(template, given)).toThrow(message);
  });
});
