import { describe, expect, test } from "@jest/globals";
import { countOf, formatBytes, formatDuration } from "./units.ts";

describe("formatBytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [12_345, "12.3 kB"],
    [169_400_000, "169 MB"],
    [999_600, "1.00 MB"],
    [1_240_000_000, "1.24 GB"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatDuration", () => {
  test.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [999.7, "1.0 s"],
    [3400, "3.4 s"],
    [59_960, "1 min 00 s"],
    [125_000, "2 min 05 s"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test("countOf writes the singular for one", () => {
  expect([countOf(0, "file"), countOf(1, "file"), countOf(2, "entry", "entries")]).toEqual([
    "0 files",
    "1 file",
    "2 entries",
  ]);
});
