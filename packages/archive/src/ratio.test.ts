import { expect, test } from "@jest/globals";
import { requireBounded } from "./ratio.ts";

const MIB = 1024 * 1024;

test.each([
  ["16 MiB from no input, since small files of zeros compress well", 16 * MIB, 0, {}],
  ["250 times the input", 250 * MIB, MIB, {}],
  ["64 GiB", 64 * 1024 * MIB, 1024 * MIB, {}],
  ["as much as the caller allows", 1000 * MIB, MIB, { maxRatio: 1000 }],
])("accepts %s", (_title, produced, consumed, bounds) => {
  expect(() => requireBounded(produced, consumed, bounds)).not.toThrow();
});

test.each([
  ["more than 16 MiB from no input", 16 * MIB + 1, 0, {}, "more than 250 times its size (at byte 0)"],
  ["more than 250 times the input", 250 * MIB + 1, MIB, {}, "more than 250 times its size (at byte 1048576)"],
  ["more than 64 GiB", 64 * 1024 * MIB + 1, 1024 * MIB, {}, "it decompresses to more than 68719476736 bytes"],
  ["more than the caller allows", 20 * MIB + 1, 2 * MIB, { maxRatio: 10 }, "more than 10 times its size"],
])("refuses %s", (_title, produced, consumed, bounds, message) => {
  expect(() => requireBounded(produced, consumed, bounds)).toThrow(
    expect.objectContaining({ problem: "limit", message: expect.stringContaining(message) }),
  );
});
