import { describe, expect, test } from "@jest/globals";
import { readTapFormula } from "./tap-formula.ts";

describe("a formula of a tap", () => {
  test("has a version, a revision, a version scheme and the checksum for each platform", () => {
    const text = `# by hand
class Widget < Formula
  version "1.2.3"
  revision  2
  version_scheme 1
  on_macos do
    url "https://a/m.tar.gz"
    sha256 "ABC"
  end
  on_linux do
    on_intel do
      url "https://a/l.tar.gz"
      sha256 "def"
    end
  end
end
`;
    const { version, revision, scheme, bytes, lines } = readTapFormula(text);
    expect([version, revision, scheme]).toEqual(["1.2.3", 2, 1]);
    expect([...bytes]).toEqual([
      ["macos arm", "abc"],
      ["macos intel", "abc"],
      ["linux intel", "def"],
    ]);
    expect(lines).toContain("# by hand");
  });

  test("that is downloaded by git has its tag and revision as its checksum, and its version from the tag", () => {
    const text = 'class W < Formula\n  url "https://a/w.git", tag: "v1.2.3", revision: "abc"\nend\n';
    const { version, bytes } = readTapFormula(text);
    expect(version).toBe("1.2.3");
    expect(new Set(bytes.values())).toEqual(new Set(["https://a/w.git v1.2.3 abc"]));
    expect([...bytes.keys()]).toEqual(["macos arm", "macos intel", "linux arm", "linux intel"]);
  });

  test.each([
    ["", 0, 0],
    ["revision  3\n", 3, 0],
    ["version_scheme   2\n", 0, 2],
  ])("that cannot be parsed is read line by line: %j", (more, revision, scheme) => {
    const text = `class W < Formula\n  url "https://a/w-1.2.3.tar.gz"\n  sha256 "ABC"\n  ${more}  if x\n`;
    const read = readTapFormula(text);
    expect(read).toMatchObject({ version: "1.2.3", revision, scheme, lines: [] });
    expect([...read.bytes]).toEqual([["w-1.2.3.tar.gz", "abc"]]);
  });

  test("that is downloaded without a checksum has its URL in place of one", () => {
    const { bytes } = readTapFormula('class W < Formula\n  on_linux do\n    url "https://a/w.zip"\n  end\nend\n');
    expect([...bytes]).toEqual([
      ["linux arm", "https://a/w.zip  "],
      ["linux intel", "https://a/w.zip  "],
    ]);
  });

  test("has the version that it states, in brackets or not, rather than that of its URL", () => {
    const body = 'version("2.0")\n  url "https://a/w-1.2.3.zip"\n  revision(4)';
    expect(readTapFormula(`class W < Formula\n  ${body}\nend\n`)).toMatchObject({ version: "2.0", revision: 4 });
  });

  test("has the first version that is found in a URL", () => {
    const body = 'on_macos do\nurl "https://a/w.zip"\nend\non_linux do\nurl "https://a/w-1.2.3.zip"\nend';
    expect(readTapFormula(`class W < Formula\n${body}\nend\n`).version).toBe("1.2.3");
    expect(readTapFormula('class W < Formula\nurl "https://a/w.zip"\nend\n').version).toBeUndefined();
  });

  test("ignores its methods and resources", () => {
    const body =
      'resource "x" do\nurl "https://a/x-9.zip"\nsha256 "9"\nend\ndef y\nversion "8"\nend\nurl "https://a/w-1.2.zip"\nsha256 "A"';
    const { version, bytes } = readTapFormula(`class W < Formula\n${body}\nend\n`);
    expect(version).toBe("1.2");
    expect(new Set(bytes.values())).toEqual(new Set(["a"]));
  });

  test("has its statements and comments as lines, with normalized white space", () => {
    const { lines } = readTapFormula('# a  b\nclass W < Formula\n  version   "1" # c\n  \t# d\r\nend\n');
    expect(lines).toEqual(["class W < Formula", "version 1", "end", "# a  b", "# d"]);
  });

  test("that cannot be parsed is read from the start of its lines, without comments", () => {
    const text = `# version "9"
class W < Formula
  app_version "8"
  # url "https://a/x-7.zip"
  url "https://a/w.git", using: :git, tag: 'v1.2.3'
  url 'https://a/b/w.zip', x: 1
    sha256   'AB'
  # revision 5
  # version_scheme 6
  desc "open
`;
    const read = readTapFormula(text);
    expect(read).toMatchObject({ version: "1.2.3", revision: 0, scheme: 0 });
    expect([...read.bytes]).toEqual([["w.zip", "ab"]]);
    expect(readTapFormula(text.replace("app_version", "version  ")).version).toBe("8");
  });

  test("that cannot be parsed may have no version", () => {
    expect(readTapFormula('class W\n  url "https://a/w.zip"\n  desc "open\n').version).toBeUndefined();
  });

  test("has the revision 0 and the version scheme 0 by default", () => {
    expect(readTapFormula('class W < Formula\n  version "1"\nend\n')).toMatchObject({ revision: 0, scheme: 0 });
  });
});
