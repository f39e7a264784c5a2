import { describe, expect, test } from "@jest/globals";
import { readTapFormula } from "./tap-formula.ts";

describe("a formula of a tap", () => {
  test("has a version, a revision, a scheme and the bytes of each platform", () => {
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

  test("that is downloaded by git has its tag and revision for its bytes, and its version from the tag", () => {
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
  ])("that cannot be followed is read line by line: %j", (more, revision, scheme) => {
    const text = `class W < Formula\n  url "https://a/w-1.2.3.tar.gz"\n  sha256 "ABC"\n  ${more}  if x\n`;
    const read = readTapFormula(text);
    expect(read).toMatchObject({ version: "1.2.3", revision, scheme, lines: [] });
    expect([...read.bytes]).toEqual([["w-1.2.3.tar.gz", "abc"]]);
  });

  test("has no revision and no scheme of its own unless it says so", () => {
    expect(readTapFormula('class W < Formula\n  version "1"\nend\n')).toMatchObject({ revision: 0, scheme: 0 });
  });
});
