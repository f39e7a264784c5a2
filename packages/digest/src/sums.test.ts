import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { hashFiles } from "./hash-files.ts";
import { formatSums, parseSums, SUMS_FILES } from "./sums.ts";

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

describe("parseSums", () => {
  test("reads the binary mark and lines that end as on Windows", () => {
    expect(parseSums(`${HEX} *a\r\n${HEX}  b c\r\n`, "list")).toEqual([
      { path: "a", hex: HEX },
      { path: "b c", hex: HEX },
    ]);
  });

  test.each([
    ["an empty list", "", /^list holds no checksums$/],
    ["uppercase", `${HEX.toUpperCase()}  a\n`, /^list:1 is no checksum line/],
    ["a hash of 63 characters", `${HEX}  ok\n${HEX.slice(1)}  a\n`, /^list:2 is no checksum line/],
    ["a line without a path", `${HEX}\n`, /^list:1 is no checksum line/],
    ["an empty path", `${HEX}  \n`, /^list:1 is no checksum line/],
    ["an empty line between others", `${HEX}  a\n\n${HEX}  b\n`, /^list:2 is no checksum line/],
    ["an error page", "<html>404</html>", /^list:1 is no checksum line/],
    ["a path named twice", `${HEX}  a\n${HEX}  a\n`, /^list:2 names a a second time$/],
  ])("refuses %s (F124)", (_name, text, message) => {
    expect(() => parseSums(text, "list")).toThrow(message);
  });
});

describe("formatSums", () => {
  test("refuses a name with a carriage return, which the tools write in different ways", () => {
    expect(() => formatSums([{ path: "a\rb", hex: HEX }])).toThrow(/"a\\rb" has a name that no checksum list can hold/);
  });
});
