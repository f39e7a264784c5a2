import { describe, expect, test } from "@jest/globals";
import { blobPath, digestOf, digestOfBlobPath, parseDigest } from "./digest.ts";

const sha256 = digestOf(Buffer.from("x"));
const sha512 = digestOf(Buffer.from("x"), "sha512");

describe("parseDigest", () => {
  test.each([sha256, sha512])("takes %s as it is", (text) => {
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

test("a blob's path and its digest stand for each other", () => {
  expect(digestOfBlobPath(blobPath(sha512))).toBe(sha512);
  for (const path of ["blobs/sha256/x", `blobs/sha256/${sha256.slice(7)}/x`, `x/blobs/sha256/${sha256.slice(7)}`]) {
    expect(digestOfBlobPath(path)).toBeUndefined();
  }
});
