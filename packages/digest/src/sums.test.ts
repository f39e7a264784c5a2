import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { hashFiles } from "./hash-files.ts";
import { parseSums } from "./parse-sums.ts";
import { formatSums, SUMS_FILES } from "./sums.ts";

const NAMES = ["plain", "with space", "-dash", "back\\slash", "line\nfeed", "both\\\n", "ünï", " leading", "*star"];
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sums-"));
  for (const name of NAMES) writeFileSync(path.join(folder, name), `content of ${name}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ["blake3", "b3sum"],
  ["sha256", "sha256sum"],
] as const)("a list of %s", (algorithm, tool) => {
  async function writeList(): Promise<string> {
    const files = NAMES.map((name) => ({
      path: path.join(folder, name),
      size: Buffer.byteLength(`content of ${name}`),
    }));
    const hashes = await hashFiles(files, { algorithms: [algorithm] });
    const text = formatSums(NAMES.map((name, index) => ({ path: name, hex: hashes[index]?.[algorithm] ?? "" })));
    writeFileSync(path.join(folder, SUMS_FILES[algorithm]), text);
    return text;
  }

  test(`is accepted by ${tool} --check, whatever the names`, async () => {
    await writeList();
    const output = execFileSync(tool, ["--check", SUMS_FILES[algorithm]], { cwd: folder, encoding: "utf8" });
    expect(output.match(/: OK$/gm)).toHaveLength(NAMES.length);
  });

  test(`fails ${tool} --check when a file changes`, async () => {
    await writeList();
    writeFileSync(path.join(folder, "plain"), "content of plaiN");
    const { status } = spawnSync(tool, ["--check", SUMS_FILES[algorithm]], { cwd: folder });
    writeFileSync(path.join(folder, "plain"), "content of plain");
    expect(status).toBe(1);
  });

  test(`is read back, as is what ${tool} itself writes`, async () => {
    const expected = parseSums(await writeList(), "ours");
    expect(expected.map((entry) => entry.path)).toEqual(NAMES);
    const theirs = execFileSync(tool, ["--", ...NAMES], { cwd: folder, encoding: "utf8" });
    expect(parseSums(theirs, "theirs")).toEqual(expected);
  });
});

const HEX = "a".repeat(64);

const CASES = path.join(import.meta.dirname, "../../../test/fixtures/cases/repro/sums");
const PLAIN = { sha256: "4b4b72124b68f578b4e29924e5a38bd2097a0033df6b0530304cb074d29132cb" };

describe("parseSums", () => {
  test.each([
    ...["gnu", "gnub", "star", "bsd", "bsd1", "openssl", "upper", "bom", "crlf", "blank", "comment", "dot", "tab"],
    ...["onespace", "pwsh", "utf16", "twice", "plain.sha256", "SHA256SUMS.asc"],
  ])("reads the list %s in a format that people use", (name) => {
    const file = path.join(CASES, name.includes(".") || name === "SHA256SUMS.asc" ? name : `${name}.txt`);
    const entries = parseSums(readFileSync(file), file);
    expect(entries.find((entry) => entry.path === "plain")?.hex).toBe(PLAIN.sha256);
  });

  const read = (list: string | Uint8Array, source = "list") =>
    parseSums(list, source).map(({ path: name, hex, line }) => [name, hex.slice(0, 2), line]);
  const LIST = `${HEX}  ä\n`;

  test.each([
    ["UTF-8", Buffer.from(LIST)],
    ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${LIST}`)],
    ["UTF-16, little-endian", Buffer.from(`\uFEFF${LIST}`, "utf16le")],
    ["UTF-16, big-endian", Buffer.from(`\uFEFF${LIST}`, "utf16le").swap16()],
  ])("reads %s", (_encoding, bytes) => expect(read(bytes)).toEqual([["ä", "aa", 1]]));

  test("skips indented comments, and blanks before PowerShell's fields", () => {
    expect(read(`  # comment\n\t; another\n${HEX}  a\n`)).toEqual([["a", "aa", 3]]);
    expect(read(`  Algorithm : SHA256\n  Hash : ${HEX}\n  Path : a\n`)).toEqual([["a", "aa", 3]]);
  });

  test("skips lines of white space, and ignores white space behind a tagged digest", () => {
    expect(read(` \t\n${HEX}  a\n  \nSHA256 (b) = ${HEX} \t\n`)).toEqual([
      ["a", "aa", 2],
      ["b", "aa", 4],
    ]);
  });

  test("removes `./` only from the start of a path", () => {
    expect(read(`${HEX}  ././v1./a\n${HEX}  v2./a\n`)).toEqual([
      ["v1./a", "aa", 1],
      ["v2./a", "aa", 2],
    ]);
  });

  test("keeps a byte order mark that is inside a name", () => {
    expect(read(`${HEX}  a\uFEFFb\n`)).toEqual([["a\uFEFFb", "aa", 1]]);
  });

  test.each([`? SHA256 (a) = ${HEX}`, `SHA256 (a) = ${HEX} and more`, `SHA256 (a) = ${HEX};`, `${HEX};`])(
    "refuses %s",
    (line) => {
      expect(() => parseSums(`${line}\n`, "app.sha256")).toThrow("app.sha256:1 has ");
    },
  );

  test("ignores a carriage return at the end of a line, and keeps any other in the name", () => {
    expect(read(`${HEX}  a\r\n`)).toEqual([["a", "aa", 1]]);
    expect(read(`${HEX}  a\rb\r\n`)).toEqual([["a\rb", "aa", 1]]);
  });

  test.each([
    [Buffer.from([0xff, 0x61])],
    [Buffer.from([0x61, 0xfe])],
    [Buffer.from([0xfe, 0x61])],
    [Buffer.from([0x61, 0xff])],
  ])("does not treat half a byte order mark (%j) as one", (start) => {
    const text = start.toString("utf8");
    expect(() => read(Buffer.concat([start, Buffer.from(LIST)]))).toThrow(`list:1 has "${text}aaaa`);
  });

  test("removes a byte order mark from a text", () => {
    expect(read(`\uFEFF${LIST}`)).toEqual([["ä", "aa", 1]]);
  });

  test("reads the lines of a signed message, without its headers and signature", () => {
    const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${HEX}  a\n- ${HEX}  -b\n`;
    const signature = `-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n`;
    const entries = [
      ["a", "aa", 4],
      ["-b", "aa", 5],
    ];
    expect(read(signed + signature)).toEqual(entries);
    expect(read(signed)).toEqual(entries);
    expect(read(signed.trimEnd())).toEqual(entries);
  });

  test("reads a signed message with carriage returns, several headers, and dashes in names", () => {
    const text = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\nHash: SHA512\n\n${HEX}  a - b\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n`;
    expect(read(text)).toEqual([["a - b", "aa", 5]]);
    expect(read(text.replaceAll("\n", "\r\n"))).toEqual([["a - b", "aa", 5]]);
  });

  test("refuses a signed message that is below its signature", () => {
    const text = `-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----BEGIN PGP SIGNED MESSAGE-----\n\n${HEX}  a\n`;
    expect(() => read(text)).toThrow("list holds no checksums");
  });

  test("does not give a file the digest of PowerShell's block before it", () => {
    expect(() => read(`Hash : ${HEX}\nPath : a\nPath : b\n`)).toThrow(/^list:3 has " {2}b/);
    expect(() => read(`Hash : ${HEX}\nPath : a\nAlgorithm : SHA256\nPath : b\n`)).toThrow(/^list:4 has " {2}b/);
  });

  test("reads PowerShell's blocks, in which the digest is above its path", () => {
    const block = (letter: string, name: string): string =>
      `\r\nAlgorithm : SHA256\r\nHash      : ${letter.repeat(64)}\r\nPath      : C:\\work\\${name}\r\n  \r\n`;
    expect(read(block("A", "a.zip") + block("B", "b.zip"))).toEqual([
      ["a.zip", "aa", 4],
      ["b.zip", "bb", 9],
    ]);
    expect(read(`Hash : ${HEX}\nPath : /work/a.zip\n`)).toEqual([["a.zip", "aa", 2]]);
    expect(() => read(`Hash : ${HEX}\nPath : a\nAlgorithm : x\nAlgorithm : x\nPath : b\n`)).toThrow(/^list:5 has/);
    expect(() => read(`${block("A", "a.zip")}other\n`)).toThrow(/^list:2 has "Algorithm : SHA256/);
    expect(() => read("Path : C:\\a.zip\nHash : 1\nPath : b\n")).toThrow(/^list:1 has " {2}a.zip/);
  });

  test.each([
    [`SHA512 (a) = ${HEX}${HEX}`, ["sha512"]],
    [`BLAKE2b (a) = ${HEX}${HEX}`, ["blake2b"]],
    [`BLAKE2b-256 (a) = ${HEX}`, undefined],
    [`SHA2-512(a)= ${HEX}${HEX}`, undefined],
    [`BLAKE3-256 (a) = ${HEX}`, ["blake3"]],
    [`sha256:${HEX}`, ["sha256"]],
    [`BLAKE3-${HEX}`, ["blake3"]],
  ])("reads the algorithm of %s", (line, algorithms) => {
    if (algorithms === undefined)
      expect(() => parseSums(line, "a.sha512")).toThrow(/has a digest of (?:SHA2-512|BLAKE2b-256)/);
    else expect(parseSums(line, "a.sha256")[0]?.algorithms).toEqual(algorithms);
  });

  test.each([
    [28 * 2, "SHA-224"],
    [48 * 2, "SHA-384"],
    [20 * 2, "SHA-1"],
  ])("names the algorithm of %d characters: %s", (length, name) => {
    expect(() => parseSums(`${"a".repeat(length)}  x`, "list")).toThrow(`a digest of ${name} (${length} hex`);
  });

  test("decodes escapes in a name only when the line is marked as escaped", () => {
    expect(read(`${HEX}  a\\nb\n\\${HEX}  c\\nd\n`)).toEqual([
      ["a\\nb", "aa", 1],
      ["c\nd", "aa", 2],
    ]);
    expect(read(`\\${HEX}  a\\rb\n`)).toEqual([["a\rb", "aa", 1]]);
    expect(read(`SHA256 (a\\nb) = ${HEX}\n\\SHA256 (c\\\\d) = ${HEX}`)).toEqual([
      ["a\\nb", "aa", 1],
      ["c\\d", "aa", 2],
    ]);
  });

  test("reads lines that end with NUL", () => {
    expect(read(`${HEX}  a\nb\0${HEX}  c\0`)).toEqual([
      ["a\nb", "aa", 1],
      ["c", "aa", 2],
    ]);
  });

  test("shows the start of an invalid line", () => {
    expect(() => read("x".repeat(61))).toThrow(`list:1 has "${"x".repeat(60)}";`);
  });

  test("reads unusual names in every format", () => {
    const names = (list: string): string[] =>
      parseSums(readFileSync(path.join(CASES, list)), list)
        .map((entry) => entry.path)
        .sort();
    expect(names("gnub.txt")).toEqual(names("gnu.txt"));
    expect(names("bsd.txt")).toEqual(names("gnu.txt"));
    expect(names("b3.txt")).toEqual(names("gnu.txt"));
  });

  test("infers the algorithm from the digest's length or from the line", () => {
    const of = (text: string): readonly string[] | undefined => parseSums(text, "B3SUMS")[0]?.algorithms;
    expect(of(`${HEX}  a`)).toEqual(["sha256", "blake3"]);
    expect(of(`${HEX}${HEX}  a`)).toEqual(["sha512", "blake2b"]);
    expect(of(`SHA256 (a) = ${HEX}`)).toEqual(["sha256"]);
    expect(of(`BLAKE3 (a) = ${HEX}`)).toEqual(["blake3"]);
  });

  test.each([
    ["an empty list", "", /^list holds no checksums$/],
    ["a hash of 63 characters", `${HEX}  ok\n${HEX.slice(1)}  a\n`, /^list:2 has 63 hex characters, expected SHA-256/],
    ["MD5", `${HEX.slice(32)}  a\n`, /^list:1 has a digest of MD5 \(32 hex characters\)/],
    ["a tag that does not match the digest's length", `SHA512 (a) = ${HEX}`, /^list:1 has a digest of SHA512 \(64 hex/],
    ["a bare digest without a known file", `${HEX}\n`, /^list:1 has a digest without the name of a file/],
    ["an error page", "<html>404</html>", /^list:1 has "<html>404<\/html>"; expected a line such as/],
    [
      "a path with two digests",
      `${HEX}  a\n${HEX.replace("a", "b")}  a\n`,
      /^list:2 has another digest for a than line 1/,
    ],
  ])("refuses %s (F124)", (_name, text, message) => {
    expect(() => parseSums(text, "list")).toThrow(message);
  });
});

describe("formatSums", () => {
  test("marks only the lines whose name is escaped", () => {
    const lines = ["a", "b\\c"].map((name) => ({ path: name, hex: HEX }));
    expect(formatSums(lines)).toBe(`${HEX}  a\n\\${HEX}  b\\\\c\n`);
  });

  test("refuses a name with a carriage return, which tools write differently", () => {
    expect(() => formatSums([{ path: "a\rb", hex: HEX }])).toThrow(
      /"a\\rb" has a name that a checksum list cannot contain/,
    );
  });
});
