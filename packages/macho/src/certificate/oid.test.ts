import { describe, expect, test } from "@jest/globals";
import { decodeOid } from "./oid.ts";

describe("decodeOid", () => {
  test.each([
    ["2a864886f76364060206", "1.2.840.113635.100.6.2.6"],
    ["550403", "2.5.4.3"],
    ["00", "0.0"],
    ["27", "0.39"],
    ["28", "1.0"],
    ["4f", "1.39"],
    ["50", "2.0"],
    ["883703", "2.999.3"],
    ["2a818000", "1.2.16384"],
    [`2a84${"80".repeat(17)}00`, `1.2.${2n ** 128n}`],
  ])("decodes %s as %s", (hex, oid) => {
    expect(decodeOid(Buffer.from(hex, "hex"))).toBe(oid);
  });

  test.each([
    ["nothing", ""],
    ["an unterminated arc", "2a86"],
    ["an unterminated arc of zero", "2a80"],
    ["an arc of 2^128 + 1", `2a84${"80".repeat(17)}01`],
    ["an arc of 200 bits", `2a${"ff".repeat(28)}7f`],
  ])("refuses %s", (_title, hex) => {
    expect(decodeOid(Buffer.from(hex, "hex"))).toBeUndefined();
  });
});
