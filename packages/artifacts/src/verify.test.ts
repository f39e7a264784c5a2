import { expect, test } from "@jest/globals";
import { DigestMismatchError } from "./faults.ts";
import { verified } from "./verify.ts";

// printf abc | sha256sum
const DIGEST = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("passes on content that has the digest", async () => {
  expect(await read(verified(pieces("a", "bc"), DIGEST, "x"))).toBe("abc");
});

test.each([["abd"], [""], ["abc", "d"]])("F17: refuses %j and names both digests", async (...texts) => {
  const reading = read(verified(pieces(...texts), DIGEST, "restate.tar"));
  await expect(reading).rejects.toBeInstanceOf(DigestMismatchError);
  await expect(reading).rejects.toThrow(
    /^restate\.tar arrived with digest sha256:\w{64}, but was uploaded with sha256:ba78/,
  );
});
