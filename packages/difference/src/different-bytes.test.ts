import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { differentBytes } from "./different-bytes.ts";

const sourceOf = (bytes: readonly number[]) => memorySource(Uint8Array.from(bytes));

test("shows the first 16 bytes of each side from where they differ", async () => {
  const left = Array.from({ length: 20 }, (_, at) => at);
  expect(await differentBytes([sourceOf(left), sourceOf([0, 1, 0xff])], 2, "x, ")).toMatchObject({
    kind: "content",
    place: "x, 0x2",
    left: "02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 (of 20 bytes)",
    right: "ff (of 3 bytes)",
  });
});

test("says when a side has ended", async () => {
  expect(await differentBytes([sourceOf([1]), sourceOf([1, 2])], 1, "")).toMatchObject({
    left: "the end (of 1 byte)",
    right: "02 (of 2 bytes)",
  });
});
