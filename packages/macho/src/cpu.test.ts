import { expect, test } from "@jest/globals";
import { architectureName } from "./cpu.ts";

/** mach/machine.h, and the names of `lipo -archs`. */
test.each<[cpuType: number, subtype: number, name: string]>([
  [0x00000007, 3, "i386"],
  [0x00000007, 4, "i486"],
  [0x00000007, 5, "pentium"],
  [0x00000007, 8, "pentIIm3"],
  [0x01000007, 3, "x86_64"],
  [0x01000007, 8, "x86_64h"],
  [0x0000000c, 0, "arm"],
  [0x0000000c, 5, "armv4t"],
  [0x0000000c, 6, "armv6"],
  [0x0000000c, 7, "armv5"],
  [0x0000000c, 8, "xscale"],
  [0x0000000c, 9, "armv7"],
  [0x0000000c, 10, "armv7f"],
  [0x0000000c, 11, "armv7s"],
  [0x0000000c, 12, "armv7k"],
  [0x0000000c, 13, "armv8"],
  [0x0000000c, 14, "armv6m"],
  [0x0000000c, 15, "armv7m"],
  [0x0000000c, 16, "armv7em"],
  [0x0100000c, 0, "arm64"],
  [0x0100000c, 1, "arm64v8"],
  [0x0100000c, 2, "arm64e"],
  [0x0200000c, 0, "arm64_32"],
  [0x0200000c, 1, "arm64_32"],
  [0x00000012, 0, "ppc"],
  [0x00000012, 1, "ppc601"],
  [0x00000012, 3, "ppc603"],
  [0x00000012, 6, "ppc604"],
  [0x00000012, 9, "ppc750"],
  [0x00000012, 10, "ppc7400"],
  [0x00000012, 11, "ppc7450"],
  [0x00000012, 100, "ppc970"],
  [0x01000012, 0, "ppc64"],
  [0x01000012, 100, "ppc970-64"],
])("CPU type %d, subtype %d is %s", (cpuType, subtype, name) => {
  expect(architectureName(cpuType, subtype)).toBe(name);
});

test("ignores the high byte of a subtype, which contains capabilities", () => {
  expect(architectureName(0x0100000c, 0x8100_0002)).toBe("arm64e");
  expect(architectureName(0x01000007, 0x8000_0003)).toBe("x86_64");
});

test("shows an unnamed CPU as numbers", () => {
  expect(architectureName(0x0100000c, 77)).toBe("arm64:77");
  expect(architectureName(6, 0x8000_0001)).toBe("cpu 6:1");
});
