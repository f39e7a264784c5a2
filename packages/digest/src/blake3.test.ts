import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { blake3 } from "./blake3.ts";
import { runJobs } from "./pool.ts";

/** The official vectors: https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors/test_vectors.json */
interface Vectors {
  readonly cases: readonly { input_len: number; hash: string }[];
}

const file = path.join(import.meta.dirname, "../../../test/fixtures/blake3/test_vectors.json");
const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));

/** The input of the vectors: 0, 1, ..., 250, 0, 1, ... */
function input(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_byte, index) => index % 251);
}

test.each(["native", "wasm"] as const)("the %s engine computes all official vectors", async (engine) => {
  const jobs = vectors.cases.map((one) => ({ kind: "bytes" as const, bytes: input(one.input_len) }));
  const results = await runJobs(jobs, { engine });
  expect(results.map(([hash]) => hash?.blake3)).toEqual(vectors.cases.map((one) => one.hash.slice(0, 64)));
  expect(results).toHaveLength(35);
});

describe("blake3", () => {
  test("hashes a string as its UTF-8 bytes", async () => {
    expect(await blake3("ü")).toBe(await blake3(Uint8Array.of(0xc3, 0xbc)));
  });

  test.each(["fastest", "native", "wasm"] as const)(
    "hashes a string as its UTF-8 bytes with the engine %s",
    async (engine) => {
      const hash = await blake3(Uint8Array.of(0xc3, 0xbc));
      expect(await blake3("ü", engine)).toBe(hash);
      expect(await blake3(Uint8Array.of(0xc3, 0xbc), engine)).toBe(hash);
    },
  );
});
