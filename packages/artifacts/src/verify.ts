import { createHash } from "node:crypto";
import { DigestMismatchError } from "./faults.ts";

/**
 * Passes bytes on, and compares their digest with the expected one (`sha256:<hex>`) at the end.
 *
 * @throws DigestMismatchError with both digests, after the last byte, when they differ
 */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  expected: string,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== expected) {
    throw new DigestMismatchError(`${what} arrived with digest ${actual}, but was uploaded with ${expected}`);
  }
}
