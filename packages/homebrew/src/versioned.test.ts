import { describe, expect, test } from "@jest/globals";
import { FormulaError } from "./formula.ts";
import { versionedFormula, withVersionScheme } from "./versioned.ts";

describe("the formula of an older line", () => {
  const inClass = (body: string): string => `class Widget < Formula\n${body}end\n`;

  test("has a name in lower case, as Homebrew requires", () => {
    const { file, text } = versionedFormula(inClass('  version "1.2.3"\n'), "Widget.rb", "1.2");
    expect(file).toBe("widget@1.2.rb");
    expect(text).toMatch(/^class WidgetAT12 < Formula\n/);
  });

  test.each([
    ["the license", '  version "1.2.3"\n  license "MIT"\n  url "x"\n', '  license "MIT"\n'],
    ["the version, without a license", '  version "1.2.3"\n  url "x"\n', '  version "1.2.3"\n'],
    [
      "the formula's version, when only a nested block has a license",
      '  version "1.2.3"\n  resource "x" do\n    license "0BSD"\n  end\n',
      '  version "1.2.3"\n',
    ],
  ])("is kept out of the PATH by a line after %s", (_name, body, before) => {
    const { text } = versionedFormula(inClass(body), "widget.rb", "1.2");
    expect(text).toBe(
      inClass(body)
        .replace("class Widget", "class WidgetAT12")
        .replace(before, `${before}\n  keg_only :versioned_formula\n`),
    );
  });

  test("keeps its existing `keg_only`", () => {
    const body = '  version "1.2.3"\n  keg_only "it shadows another program"\n';
    const { text } = versionedFormula(inClass(body), "widget.rb", "1.2");
    expect(text).toBe(inClass(body).replace("class Widget", "class WidgetAT12"));
  });

  test("is refused when there is no place for that line", () => {
    const failing = (): unknown =>
      versionedFormula(inClass('  # keg_only version license\n  url "x"\n'), "widget.rb", "1.2");
    expect(failing).toThrow(FormulaError);
    expect(failing).toThrow("widget.rb has neither `license` nor `version`, after which `keg_only` could be added");
  });
});

test("adds a version scheme after the version of the formula", () => {
  const text = 'class Widget < Formula\n  desc "version x"\n  version "1.2.3"\n  url "x"\nend\n';
  expect(withVersionScheme(text, 2)).toBe(text.replace('"1.2.3"\n', '"1.2.3"\n  version_scheme 2\n'));
});
