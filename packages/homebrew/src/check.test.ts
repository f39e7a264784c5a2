import { describe, expect, test } from "@jest/globals";
import { parseVersion } from "@release-actions/channel";
import { checkFormula, type Expectation } from "./check.ts";
import { fixtureSha256, makeFormula } from "./formula-fixture.ts";
import { checkLayout } from "./layout.ts";
import { parseFormula } from "./parse.ts";
import { versionedFormula } from "./versioned.ts";

const TARGETS = [
  "aarch64-apple-darwin",
  "x86_64-apple-darwin",
  "aarch64-unknown-linux-musl",
  "x86_64-unknown-linux-gnu",
];
const archives = TARGETS.map((target) => ({
  name: `widget-${target}.tar.xz`,
  targets: [target],
  sha256: fixtureSha256(`widget-${target}.tar.xz`),
}));
const GITHUB = "https://github.com/acme/widget/releases/download";
const release: Expectation = {
  version: parseVersion("1.2.3"),
  tag: "v1.2.3",
  archives,
  addressesOf: (file) => [`${GITHUB}/v1.2.3/${file}`],
};

const messages = (text: string, expected: Expectation = release, file = "widget.rb"): string[] =>
  checkFormula(parseFormula(text, file), expected).map((problem) => `${problem.location?.line}: ${problem.message}`);

const FIRST = fixtureSha256("widget-aarch64-apple-darwin.tar.xz");
const change = (from: string | RegExp, to: string): string => {
  const changed = makeFormula().replace(from, to);
  if (changed === makeFormula()) throw new Error(`nothing to replace: ${from}`);
  return changed;
};

describe("checkFormula", () => {
  test("finds nothing in a formula that matches its release", () => {
    expect(messages(makeFormula())).toEqual([]);
  });

  test("accepts the configured gateway, and no other", () => {
    const base = "https://acme.gateway.scarf.sh/widget/v1.2.3";
    const asked = { ...release, addressesOf: (file: string) => [`${GITHUB}/v1.2.3/${file}`, `${base}/${file}`] };
    expect(messages(makeFormula({ base }), asked)).toEqual([]);
    expect(messages(makeFormula({ base: "https://evil.gateway.scarf.sh/widget/v1.2.3" }), asked)).toHaveLength(4);
    expect(messages(makeFormula({ base }))).toHaveLength(4);
  });

  test.each([
    ["another repository", "https://github.com/somebody-else/fork/releases/download/v1.2.3"],
    ["a release candidate of the version", `${GITHUB}/v1.2.3-rc.1`],
    ["a version that starts with the same digits", `${GITHUB}/v1.2.30`],
    ["the tag in another place", "https://github.com/acme/widget/releases/download/v1.2.2/v1.2.3"],
    ["the address in a query", "https://evil.example/?x=https://github.com/acme/widget/releases/download/v1.2.3"],
    ["a user before the host", "https://github.com@evil.example/acme/widget/releases/download/v1.2.3"],
    ["another port", "https://github.com:8443/acme/widget/releases/download/v1.2.3"],
  ])("finds downloads of %s", (_name, base) => {
    expect(
      messages(makeFormula({ base })).filter((message) => message.includes("is not a URL of this release")),
    ).toHaveLength(4);
  });

  test("accepts other spellings of the same address", () => {
    for (const base of [`${GITHUB}/v1%2E2.3`, "https://GitHub.com:443/Acme/Widget/releases/download/v1.2.3"]) {
      expect(messages(makeFormula({ base }))).toEqual([]);
    }
  });

  test("accepts a hierarchical tag in either spelling", () => {
    const nested = {
      ...release,
      tag: "widget/v1.2.3",
      addressesOf: (file: string) => [`${GITHUB}/widget/v1.2.3/${file}`],
    };
    for (const base of [`${GITHUB}/widget/v1.2.3`, `${GITHUB}/widget%2Fv1.2.3`]) {
      expect(messages(makeFormula({ base }), nested)).toEqual([]);
    }
    expect(messages(makeFormula({ base: `${GITHUB}/gadget/v1.2.3` }), nested)).toHaveLength(4);
  });

  test("requires the whole tag in the path when the plan has no addresses", () => {
    const unknown = { ...release, addressesOf: () => [] };
    expect(messages(makeFormula({ base: "https://files.example/v1.2.3" }), unknown)).toEqual([]);
    expect(messages(makeFormula({ base: "https://files.example/v1.2.30" }), unknown)).toHaveLength(4);
  });

  test.each([
    ["a call after a string", 'desc "Widgets for everybody"', 'desc "Widgets"\n  system "id"', 'system "id"'],
    [
      "a string that continues in the next line",
      'desc "Widgets for everybody"',
      'desc "Widgets\n  "; system "id"',
      "not a plain string",
    ],
    ["a call after a semicolon", 'desc "Widgets for everybody"', 'desc "Widgets"; system "id"', 'system "id"'],
    ["a call as an option", 'tar.xz"\n', 'tar.xz", tag: `id`\n', "not a plain string"],
    [
      "a call after a method",
      "  def install\n",
      "  def x\n    1\n  end.then { system 'id' }\n  def install\n",
      "end . then",
    ],
    ["code before the class", "class Widget", "system 'id'\nclass Widget", 'system "id"'],
    ["a condition with a call", "  if OS.linux?", "  if system('id')", "if system"],
    ["a computed constant", "  def target_triple", "  X = `id`\n  def target_triple", "X ="],
    ["code in the parent class", "< Formula", "< (system('id'); Formula)", "has no `class"],
    [
      "code in a resource block",
      "  def target_triple",
      '  resource "x" do\n    system "id"\n  end\n  def target_triple',
      'system "id"',
    ],
    ["a Ruby hook", "  def target_triple", '  BEGIN { system "id" }\n  def target_triple', "BEGIN"],
  ])("finds %s", (_name, from, to, message) => {
    const found = (): string => {
      try {
        return messages(change(from, to)).join("\n");
      } catch (error) {
        return String(error);
      }
    };
    expect(found()).toContain(message);
  });

  test("accepts directives with plain values, and code that only runs on installation", () => {
    const more = `  license any_of: ["MIT", "Apache-2.0"]
  depends_on "acme/tap/gadget"
  depends_on macos: :ventura
  keg_only :versioned_formula
  version_scheme 1
  livecheck do
    url :stable
    regex(/^v?(\\d+(?:\\.\\d+)+)$/i)
    strategy :github_latest
  end
  test do
    system bin/"widget", "--version"
    assert_match(/x/, "y") if OS.mac?
  end
  def caveats = "see #{opt_bin}"
  def post_install
    %w[a b].each { |name| system name }
    x = if OS.mac? then 1 else 2 end
    ohai <<~EOS
      end
      system "id"
    EOS
  end
`;
    expect(messages(change("  def target_triple", `${more}\n  def target_triple`))).toEqual([]);
  });

  test.each<[name: string, text: string, message: string]>([
    [
      "a missing sha256, as cargo-dist writes without the manifests of the builds",
      change(/ {6}sha256 .*\n/, ""),
      "7: widget.rb: there is no sha256 for widget-aarch64-apple-darwin.tar.xz",
    ],
    ["a sha256 written twice", change(/( {6}sha256 .*\n)/, "$1$1"), "9: widget.rb: there is a second sha256"],
    ["a sha256 in upper case", change(FIRST, FIRST.toUpperCase()), "expected 64 lowercase hex characters"],
    ["a sha256 of 65 characters", change(FIRST, `${FIRST}0`), "expected 64 lowercase hex characters"],
    ["a sha256 after a blank", change(FIRST, ` ${FIRST}`), "expected 64 lowercase hex characters"],
    ["a sha256 of 63 characters", change(FIRST, FIRST.slice(1)), "expected 64 lowercase hex characters"],
    [
      "the sha256 of an empty file",
      change(FIRST, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      "is that of an empty file",
    ],
    [
      "a url of another version",
      change("/v1.2.3/widget-aarch64-apple", "/v1.2.2/widget-aarch64-apple"),
      "v1.2.2/widget-aarch64-apple-darwin.tar.xz is not a URL of this release",
    ],
    [
      "another version",
      change('version "1.2.3"', 'version "1.2.2"'),
      "4: widget.rb: the version is 1.2.2, expected 1.2.3",
    ],
    ["no version", change(/ {2}version .*\n/, ""), "there is no `version`, expected 1.2.3"],
    [
      "a class name that does not match the file",
      makeFormula({ className: "Wigdet" }),
      "1: widget.rb: the class is Wigdet, expected Widget",
    ],
    [
      "a missing processor",
      change(/ {4}if Hardware::CPU.intel\?\n.*darwin.*\n.*\n {4}end\n/, ""),
      "there is an archive for macOS on Intel, but no url",
    ],
    [
      "a missing system",
      change(/ {2}if OS.linux\?\n(.*\n){8} {2}end\n/, ""),
      "there is an archive for Linux on ARM, but no url",
    ],
    [
      "plain HTTP",
      change("https://github.com/acme/widget/releases", "http://github.com/acme/widget/releases"),
      "is not an https URL",
    ],
    [
      "the sha256 of another processor's archive",
      change(FIRST, fixtureSha256("widget-x86_64-apple-darwin.tar.xz")),
      "has the sha256 of https://github.com",
    ],
    [
      "an archive of another processor",
      change("widget-aarch64-apple-darwin.tar.xz", "widget-x86_64-apple-darwin.tar.xz"),
      "is for x86_64-apple-darwin, but is offered to macOS on ARM",
    ],
    [
      "an archive of another system",
      change("widget-aarch64-apple-darwin.tar.xz", "widget-aarch64-unknown-linux-musl.tar.xz"),
      "is for aarch64-unknown-linux-musl, but is offered to macOS on ARM",
    ],
    [
      "a file that is not in the release",
      change("widget-aarch64-apple", "gadget-aarch64-apple"),
      "gadget-aarch64-apple-darwin.tar.xz is not an archive of this release",
    ],
    ["a sha256 that differs from the build's", change(FIRST, "a".repeat(64)), `but the finished build has ${FIRST}`],
    ["no url", 'class Widget < Formula\n  version "1.2.3"\nend\n', "there is no `url`"],
  ])("finds %s", (_name, text, message) => {
    expect(messages(text).join("\n")).toContain(message);
  });

  test("does not accept an archive without a known checksum", () => {
    const unknown = { ...release, archives: archives.map((archive) => ({ ...archive, sha256: undefined })) };
    expect(messages(makeFormula(), unknown)[0]).toContain("there is no sha256 for widget-aarch64-apple-darwin.tar.xz");
  });

  test("does not report targets that were dropped on purpose", () => {
    const text = change(/ {4}if Hardware::CPU.intel\?\n.*darwin.*\n.*\n {4}end\n/, "");
    expect(messages(text, { ...release, isDropped: (target) => target === "x86_64-apple-darwin" })).toEqual([]);
  });

  test("lets every Mac use the Intel archive when there is no other", () => {
    const text =
      'class Widget < Formula\n  version "1.2.3"\n  if OS.mac?\n    url "https://github.com/acme/widget/releases/download/v1.2.3/widget-x86_64-apple-darwin.tar.xz"\n' +
      `    sha256 "${fixtureSha256("widget-x86_64-apple-darwin.tar.xz")}"\n  end\nend\n`;
    const intel = archives.filter((archive) => archive.name.includes("x86_64-apple"));
    expect(messages(text, { ...release, archives: intel })).toEqual([]);
    expect(messages(text)).toContain(
      "4: widget.rb: widget-x86_64-apple-darwin.tar.xz is for x86_64-apple-darwin, but is offered to macOS on every processor",
    );
  });

  test("reads a hotfix's tag in either spelling", () => {
    const hotfix = {
      ...release,
      version: parseVersion("1.2.3+hotfix.1"),
      tag: "v1.2.3+hotfix.1",
      addressesOf: (file: string) => [`${GITHUB}/v1.2.3+hotfix.1/${file}`],
    };
    expect(messages(makeFormula({ version: "1.2.3+hotfix.1" }), hotfix)).toEqual([]);
    const base = "https://github.com/acme/widget/releases/download/v1.2.3%2Bhotfix.1";
    expect(messages(makeFormula({ version: "1.2.3+hotfix.1", base }), hotfix)).toEqual([]);
  });
});

describe("checkLayout", () => {
  test("finds nothing in a formula of cargo-dist", () => {
    expect(checkLayout(makeFormula(), "widget.rb")).toEqual([]);
  });

  test.each([
    ["CR LF", makeFormula().replaceAll("\n", "\r\n"), "error", "ends with CR LF"],
    ["no final line end", makeFormula().trimEnd(), "error", "has no line end"],
    ["a byte order mark", `\uFEFF${makeFormula()}`, "error", "byte order mark"],
    ["a tab", makeFormula().replace("  desc", "\tdesc"), "warning", "indented with a tab"],
    [
      "white space at the end of a line",
      makeFormula().replace("Formula\n", "Formula \n"),
      "warning",
      "ends with white space",
    ],
    ["an odd indentation", makeFormula().replace("  desc", "   desc"), "warning", "odd number of spaces"],
  ])("finds %s", (_name, text, level, message) => {
    expect(checkLayout(text, "widget.rb")).toEqual([
      expect.objectContaining({ level, message: expect.stringContaining(message) }),
    ]);
  });
});

describe("versionedFormula", () => {
  const versioned = versionedFormula(makeFormula(), "widget.rb", "1.2");

  test("renames file and class, and keeps the formula out of the PATH", () => {
    expect(versioned.file).toBe("widget@1.2.rb");
    expect(versioned.text).toContain("class WidgetAT12 < Formula\n");
    expect(versioned.text).toContain('  license "MIT"\n\n  keg_only :versioned_formula\n\n  BINARY_ALIASES');
    expect(messages(versioned.text, release, versioned.file)).toEqual([]);
  });

  test("does not change anything else", () => {
    const back = versioned.text.replace("WidgetAT12", "Widget").replace("\n  keg_only :versioned_formula\n", "");
    expect(back).toBe(makeFormula());
  });
});
