import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { blake3 } from "./blake3.ts";
import type { Blake3Mode, EngineName } from "./hash-protocol.ts";
import { runJobs } from "./pool.ts";

/** The official vectors: https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors/test_vectors.json */
interface Vectors {
  readonly key: string;
  readonly context_string: string;
  readonly cases: readonly { input_len: number; hash: string; keyed_hash: string; derive_key: string }[];
}

const file = path.join(import.meta.dirname, "../../../test/fixtures/blake3/test_vectors.json");
const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));

/** The input of the vectors: 0, 1, ..., 250, 0, 1, ... */
function input(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_byte, index) => index % 251);
}

const modes = {
  hash: { kind: "hash" },
  keyed_hash: { kind: "keyed", key: new TextEncoder().encode(vectors.key) },
  derive_key: { kind: "derive-key", context: vectors.context_string },
} as const satisfies Record<string, Blake3Mode>;

describe.each<EngineName>(["native", "wasm"])("the %s engine", (engine) => {
  test.each(["hash", "keyed_hash", "derive_key"] as const)("computes all official vectors of mode %s", async (mode) => {
    const jobs = vectors.cases.map((one) => ({
      kind: "bytes" as const,
      bytes: input(one.input_len),
      mode: modes[mode],
    }));
    const results = await runJobs(jobs, { engine });
    expect(results.map(([hash]) => hash?.blake3)).toEqual(vectors.cases.map((one) => one[mode].slice(0, 64)));
    expect(results).toHaveLength(35);
  });
});

describe("blake3", () => {
  test("hashes a string as its UTF-8 bytes", async () => {
    expect(await blake3("ü")).toBe(await blake3(Uint8Array.of(0xc3, 0xbc)));
  });

  test.each(["fastest", "native", "wasm"] as const)(
    "hashes a string as its UTF-8 bytes with the engine %s",
    async (engine) => {
      const hash = await blake3(Uint8Array.of(0xc3, 0xbc));
      expect(await blake3("ü", { kind: "hash" }, engine)).toBe(hash);
      expect(await blake3(Uint8Array.of(0xc3, 0xbc), { kind: "hash" }, engine)).toBe(hash);
    },
  );

  test("refuses a key of a different length", async () => {
    await expect(blake3("", { kind: "keyed", key: new Uint8Array(31) })).rejects.toThrow(
      /has 32 bytes, this one has 31/,
    );
  });
});

test("hashes text as UTF-8, and refuses a key that does not have 32 bytes", async () => {
  expect(await blake3("ä")).toBe(await blake3(Buffer.from("ä")));
  const keyed = (length: number) => blake3("x", { kind: "keyed", key: new Uint8Array(length) });
  expect(await keyed(32)).toMatch(/^[0-9a-f]{64}$/);
  await expect(keyed(31)).rejects.toThrow("a BLAKE3 key has 32 bytes, this one has 31");
  await expect(keyed(33)).rejects.toThrow("a BLAKE3 key has 32 bytes, this one has 33");
});
