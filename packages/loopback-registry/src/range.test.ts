import { describe, expect, test } from "@jest/globals";
import { parseRange } from "./range.ts";

describe("parseRange", () => {
  test.each([
    [undefined, undefined],
    ["bytes=0-9", { offset: 0, length: 10 }],
    ["bytes=90-", { offset: 90, length: 10 }],
    ["bytes=90-200", { offset: 90, length: 10 }],
    ["bytes=-10", { offset: 90, length: 10 }],
    ["bytes=-500", { offset: 0, length: 100 }],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=9-1", undefined],
    ["bytes=-", undefined],
    ["bytes=0-1,5-6", undefined],
    ["lines=0-1", undefined],
    ["bytes=1e1-20", undefined],
  ])("reads %j of 100 bytes as %j", (header, range) => {
    expect(parseRange(header, 100)).toEqual(range);
  });
});
