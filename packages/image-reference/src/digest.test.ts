import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseDigest } from "./digest.ts";

const [sha256, sha512] = ["sha256", "sha512"].map((name) => `${name}:${createHash(name).update("x").digest("hex")}`);

describe("parseDigest", () => {
  test.each([sha256 ?? "", sha512 ?? ""])("accepts %s", (text) => {
    expect(parseDigest(text)).toBe(text);
  });

  test.each<[id: string, text: string]>([
    ["B39", `md5:${"a".repeat(32)}`],
    ["B39", `sha384:${"a".repeat(96)}`],
    ["B40", `sha256:${"A".repeat(64)}`],
    ["B40", `sha256:${"a".repeat(63)}`],
    ["B40", `sha512:${"a".repeat(64)}`],
    ["B41", `sha256:../${"a".repeat(61)}`],
    ["B41", `sha256:${"a".repeat(64)}\n`],
    ["B32", `__proto__:${"a".repeat(64)}`],
    ["B32", `constructor:${"a".repeat(64)}`],
    ["B39", "a".repeat(64)],
    ["B39", ""],
  ])("refuses %s: %j", (_id, text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});
