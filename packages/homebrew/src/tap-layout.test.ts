import { describe, expect, test } from "@jest/globals";
import { placeOfFormula } from "./tap-layout.ts";

interface Tap {
  readonly files?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const place = ({ files = [], links = {}, tables = {} }: Tap, file = "widget.rb") =>
  placeOfFormula(
    {
      files: new Set(files),
      links: new Map(Object.entries(links)),
      table: async (name) => new Map(Object.entries(tables[name] ?? {})),
    },
    file,
  );

describe("placeOfFormula", () => {
  test.each<[name: string, files: string[], path: string, current: string | undefined]>([
    ["an empty tap", [], "Formula/widget.rb", undefined],
    ["a tap with a Formula folder", ["Formula/other.rb"], "Formula/widget.rb", undefined],
    ["a Formula folder without formulae", ["Formula/.keep", "other.rb"], "Formula/widget.rb", undefined],
    ["a tap by first letters", ["Formula/w/widget.rb"], "Formula/w/widget.rb", "Formula/w/widget.rb"],
    ["a subfolder", ["Formula/cli/widget.rb", "Formula/other.rb"], "Formula/cli/widget.rb", "Formula/cli/widget.rb"],
    [
      "two formulae of the name, of which brew uses the longer path",
      ["Formula/widget.rb", "Formula/a/b/widget.rb"],
      "Formula/a/b/widget.rb",
      "Formula/a/b/widget.rb",
    ],
    [
      "two formulae with paths of the same length",
      ["Formula/b/widget.rb", "Formula/a/widget.rb"],
      "Formula/a/widget.rb",
      "Formula/a/widget.rb",
    ],
    ["formulae in a root that brew ignores", ["widget.rb", "Formula/other.rb"], "Formula/widget.rb", undefined],
    [
      "a HomebrewFormula folder",
      ["HomebrewFormula/x/widget.rb"],
      "HomebrewFormula/x/widget.rb",
      "HomebrewFormula/x/widget.rb",
    ],
    [
      "a HomebrewFormula folder beside Formula",
      ["HomebrewFormula/widget.rb", "Formula/other.rb"],
      "Formula/widget.rb",
      undefined,
    ],
    ["a tap in its root", ["other.rb", "README.md"], "widget.rb", undefined],
    [
      "a subfolder of a tap with formulae in its root, which brew does not search",
      ["other.rb", "cli/widget.rb"],
      "widget.rb",
      undefined,
    ],
    ["a tap with other files only", ["README.md"], "Formula/widget.rb", undefined],
    ["a hidden folder", ["Formula/.old/widget.rb"], "Formula/widget.rb", undefined],
    ["a name with capitals", ["Formula/Widget.rb"], "Formula/widget.rb", "Formula/Widget.rb"],
    ["a root with a hidden file", [".other.rb"], "Formula/widget.rb", undefined],
    [
      "a root with a file whose name only ends the same",
      ["other.rb.txt", "x/other.rb"],
      "Formula/widget.rb",
      undefined,
    ],
    ["a file with the name of a folder in lower case", ["formula", "other.rb"], "widget.rb", undefined],
    [
      "a file whose name contains the name",
      ["Formula/widget.rb.bak", "Formula/my-widget.rb"],
      "Formula/widget.rb",
      undefined,
    ],
    ["a folder whose name starts with the same letters", ["Formula2/widget.rb", "other.rb"], "widget.rb", undefined],
    ["both spellings", ["Formula/Widget.rb", "Formula/widget.rb"], "Formula/widget.rb", "Formula/widget.rb"],
  ])("in %s", async (_name, files, path, current) => {
    expect(await place({ files })).toEqual({ path, current });
  });

  test("converts a name to lower case, as brew requires", async () => {
    expect(await place({}, "Widget.rb")).toEqual({ path: "Formula/widget.rb", current: undefined });
  });

  test("follows the link in a product repository that is a tap itself", async () => {
    const tap = { files: ["pkg/brew/widget.rb"], links: { HomebrewFormula: "pkg/brew" } };
    expect(await place(tap)).toEqual({ path: "pkg/brew/widget.rb", current: "pkg/brew/widget.rb" });
  });

  test("follows chains of links, and links with a final slash", async () => {
    const links = { Formula: "one/", one: "./two", two: "pkg/brew/" };
    expect(await place({ files: ["pkg/brew/other.rb"], links })).toEqual({
      path: "pkg/brew/widget.rb",
      current: undefined,
    });
    expect(await place({ files: ["brew/other.rb"], links: { Formula: "x/../brew" } })).toMatchObject({
      path: "brew/widget.rb",
    });
  });

  test("follows ten links, but not a circle", async () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [index === 0 ? "Formula" : `l${index}`, `l${index + 1}`]),
      );
    expect(await place({ files: ["l11/a.rb"], links: chain(11) })).toMatchObject({ path: "l11/widget.rb" });
    await expect(place({ files: ["l12/a.rb"], links: chain(12) })).rejects.toThrow("which is not in the tap");
    await expect(place({ links: { Formula: "x", x: "Formula" } })).rejects.toThrow(
      "Formula is a symbolic link in the tap",
    );
  });

  test("does not confuse a new formula with links to others", async () => {
    expect(await place({ files: ["Formula/gadget.rb"], links: { "Formula/other.rb": "gadget.rb" } })).toMatchObject({
      current: undefined,
    });
    expect(await place({ links: { "Formula/other.rb": "../x.rb" } })).toMatchObject({ path: "Formula/widget.rb" });
  });

  test.each([
    [{ "formula_renames.json": { widget: "" } }],
    [{ "formula_renames.json": { widget: "widget" } }],
    [{ "tap_migrations.json": { widget: "widget" } }],
    [{ "formula_renames.json": { gadget: "widget" } }],
  ])("accepts a list such as %j", async (tables) => {
    expect(await place({ tables })).toMatchObject({ path: "Formula/widget.rb" });
  });

  test("takes of several paths of the same length the first in the order of the folders", async () => {
    const files = ["Formula/a/widget.rb", "Formula/b/widget.rb"];
    const found = { path: "Formula/a/widget.rb" };
    expect(await place({ files })).toMatchObject(found);
    expect(await place({ files: files.toReversed() })).toMatchObject(found);
  });

  test("says how to free the name", async () => {
    await expect(
      place({ tables: { "tap_migrations.json": { widget: "homebrew/core/gadget" } } }),
    ).rejects.toMatchObject({
      message: "tap_migrations.json of the tap maps widget to homebrew/core/gadget, so a widget.rb would never be read",
      advice:
        "Remove that entry from the tap, or rename the formula to gadget (`formula` in cargo-dist's configuration).",
    });
  });

  test.each<[name: string, tap: Tap, message: string]>([
    ["an absolute link", { links: { Formula: "/etc" } }, "Formula is a symbolic link in the tap to /etc, which is not"],
    ["HomebrewFormula in lower case", { files: ["homebrewformula/a.rb"] }, "homebrewformula, expected HomebrewFormula"],
    [
      "an alias",
      { files: ["Formula/gadget.rb"], links: { "Aliases/widget": "../Formula/gadget.rb" } },
      "Aliases/widget of the tap maps widget to gadget",
    ],
    [
      "a rename",
      { tables: { "formula_renames.json": { widget: "gadget" } } },
      "formula_renames.json of the tap maps widget to gadget",
    ],
    ["a migration", { tables: { "tap_migrations.json": { widget: "homebrew/core" } } }, "maps widget to homebrew/core"],
    [
      "a link in place of the file",
      { files: ["x/y.rb"], links: { "Formula/widget.rb": "../x/y.rb" } },
      "is a symbolic link in the tap to ../x/y.rb",
    ],
    ["a folder that leads out of the tap", { links: { Formula: "../../etc" } }, "which is not in the tap"],
    [
      "a folder that is in lower case",
      { files: ["formula/other.rb"] },
      "the tap has the folder formula, expected Formula",
    ],
  ])("refuses %s, since brew would not read the formula", async (_name, tap, message) => {
    await expect(place(tap)).rejects.toThrow(message);
  });

  test.each<[name: string, tap: Tap]>([
    [
      "an alias of the formula itself",
      { files: ["Formula/widget.rb"], links: { "Aliases/widget": "../Formula/widget.rb" } },
    ],
    [
      "other aliases and renames",
      {
        files: ["Formula/widget.rb"],
        links: { "Aliases/w": "../Formula/widget.rb" },
        tables: { "formula_renames.json": { old: "widget" } },
      },
    ],
  ])("accepts %s", async (_name, tap) => {
    expect(await place(tap)).toMatchObject({ path: "Formula/widget.rb" });
  });
});
