import { expect, test } from "@jest/globals";
import { blobPath, digestOf, digestOfBlobPath } from "./digest.ts";

const sha256 = digestOf(Buffer.from("x"));
const sha512 = digestOf(Buffer.from("x"), "sha512");

test("converts between a blob's path and its digest", () => {
  expect(digestOfBlobPath(blobPath(sha512))).toBe(sha512);
  for (const path of ["blobs/sha256/x", `blobs/sha256/${sha256.slice(7)}/x`, `x/blobs/sha256/${sha256.slice(7)}`]) {
    expect(digestOfBlobPath(path)).toBeUndefined();
  }
});
