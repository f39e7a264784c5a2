import { describe, expect, test } from "@jest/globals";
import { BATCH_BYTES, BATCH_FILES, batches } from "./batches.ts";

/** The number of files in each job for files of these sizes. */
const counts = (...sizes: number[]): number[] =>
  [...batches(sizes.map((size, index) => ({ path: String(index), size })))].map((batch) => batch.length);

describe("batches", () => {
  test("returns no jobs without files", () => expect(counts()).toEqual([]));

  test("puts many small files into one job", () => {
    const small = Array.from({ length: BATCH_FILES }, () => 1);
    expect(counts(...small)).toEqual([BATCH_FILES]);
    expect(counts(...small, 1)).toEqual([BATCH_FILES, 1]);
    expect(counts(...small, ...small, 0)).toEqual([BATCH_FILES, BATCH_FILES, 1]);
  });

  test.each([
    [[BATCH_BYTES], [1]],
    [
      [BATCH_BYTES + 1, 1],
      [1, 1],
    ],
    [[BATCH_BYTES - 1, 1, 0], [3]],
    [
      [BATCH_BYTES - 1, 2],
      [1, 1],
    ],
    [
      [1, BATCH_BYTES * 5, 1],
      [1, 1, 1],
    ],
    [
      [BATCH_BYTES, BATCH_BYTES, 0, 1],
      [1, 2, 1],
    ],
  ])("splits files of %j bytes into jobs of %j files", (sizes, expected) => expect(counts(...sizes)).toEqual(expected));

  test("keeps the order", () => {
    const files = Array.from({ length: 600 }, (_, index) => ({ path: String(index), size: index }));
    expect([...batches(files)].flat()).toEqual(files);
  });
});
