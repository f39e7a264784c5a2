import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checksumsOf, mergeChecksums, readChecksumFile } from "./checksums.ts";
import { loadManifest, loadPlan } from "./load.ts";
import { makeManifest } from "./manifest-fixture.ts";
import { readPlan } from "./read.ts";

const none = async () => undefined;
const json = JSON.stringify(makeManifest());
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "dist-plan-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("loadPlan", () => {
  test("accepts the manifest itself, a path to it, or the run's artifact", async () => {
    const file = path.join(folder, "plan.json");
    await writeFile(file, json);
    const asked: string[] = [];
    const plans = await Promise.all([
      loadPlan(json, none),
      loadPlan(file, none),
      loadPlan("artifact", async (artifact, name) => {
        asked.push(`${artifact}/${name}`);
        return new TextEncoder().encode(json);
      }),
    ]);
    expect(plans.map((plan) => plan.tag)).toEqual(["v1.2.3", "v1.2.3", "v1.2.3"]);
    expect(asked).toEqual(["artifacts-plan-dist-manifest/plan-dist-manifest.json"]);
  });

  test("explains an empty value, and says what to write instead", async () => {
    await expect(loadPlan(" ", none)).rejects.toMatchObject({ advice: expect.stringContaining("plan: artifact") });
  });

  test("names the artifact that a finished build would have uploaded", async () => {
    await expect(loadManifest("host", none)).rejects.toThrow("this run has no artifact artifacts-dist-manifest");
  });

  test("names a missing path, and refuses a file that is too large for a manifest", async () => {
    await expect(loadPlan(path.join(folder, "nowhere.json"), none)).rejects.toThrow(
      /cannot be read from ".*nowhere.json"/,
    );
    const large = path.join(folder, "large.json");
    await writeFile(large, Buffer.alloc(1024 * 1024 + 1));
    await expect(loadPlan(large, none)).rejects.toThrow("large.json has 1048577 bytes");
  });
});

describe("checksums", () => {
  const hex = (digit: string) => digit.repeat(64);

  test("come from the manifest of a finished build, not from a plan", () => {
    const finished = makeManifest({ sha256: (file) => (file.includes("apple") ? hex("a") : undefined) });
    expect(checksumsOf(readPlan(json)).size).toBe(0);
    expect([...checksumsOf(readPlan(JSON.stringify(finished)))]).toEqual([
      ["widget-aarch64-apple-darwin.tar.xz", hex("a")],
      ["widget-x86_64-apple-darwin.tar.xz", hex("a")],
    ]);
  });

  test('are read from the files that `checksum = "sha512"` gives, and refused for another algorithm', () => {
    const [long, line] = ["c".repeat(128), `${"c".repeat(128)} *a.tar.gz\n`];
    expect([...readChecksumFile(line, "a.tar.gz.sha512", "sha512")]).toEqual([["a.tar.gz", long]]);
    expect(() => readChecksumFile(line, "a.tar.gz.sha256")).toThrow("expected <sha256> *<file name>");
    expect(() => readChecksumFile(`${hex("a")} *a.tar.gz\n`, "sha512.sum", "sha512")).toThrow("expected <sha512>");
  });

  test("are read from a file in the formats of coreutils and cargo-dist, with either line ending", () => {
    const sums = readChecksumFile(`${hex("a")}  a.tar.xz\r\n${hex("b")} *b.tar.xz\n\n`, "sha256.sum");
    expect([...sums]).toEqual([
      ["a.tar.xz", hex("a")],
      ["b.tar.xz", hex("b")],
    ]);
  });

  test.each([
    ["nothing", "", "holds no checksum"],
    ["a page of HTML", "<html>404</html>", 'has the line "<html>404</html>"'],
    ["a hash that is too short", `${"a".repeat(63)} *a`, "expected <sha256> *<file name>"],
    ["a hash in upper case", `${hex("A")} *a`, "expected <sha256> *<file name>"],
    [
      "two hashes for one file",
      `${hex("a")} *a\n${hex("b")} *a\n`,
      "sha256.sum:2 has another digest for a than line 1",
    ],
  ])("are refused from a file with %s", (_name, content, message) => {
    expect(() => readChecksumFile(content, "sha256.sum")).toThrow(message);
  });

  test("from two sources must agree", () => {
    const one = new Map([["a", hex("1")]]);
    expect(
      mergeChecksums([
        ["x", one],
        ["y", new Map(one)],
      ]),
    ).toEqual(one);
    expect(() =>
      mergeChecksums([
        ["x", one],
        ["y", new Map([["a", hex("2")]])],
      ]),
    ).toThrow(`the sha256 of a is ${hex("1")} in x, but ${hex("2")} in y`);
  });
});
