import { describe, expect, test } from "@jest/globals";
import { canRun, formatPlatform, isSamePlatform, parsePlatform } from "./platform.ts";

function platform(text: string) {
  const parsed = parsePlatform(text);
  if (parsed === undefined) throw new Error(`${text} is not a platform`);
  return parsed;
}

describe("parsePlatform", () => {
  test.each([
    ["linux/amd64", "linux/amd64"],
    ["linux/x86_64", "linux/amd64"],
    ["Linux/AArch64", "linux/arm64"],
    ["linux/arm64/v8", "linux/arm64"],
    ["linux/arm", "linux/arm/v7"],
    ["linux/arm/6", "linux/arm/v6"],
    ["linux/amd64/v1", "linux/amd64"],
    ["linux/amd64/v3", "linux/amd64/v3"],
    [" windows/amd64 ", "windows/amd64"],
  ])("reads %s as %s", (text, expected) => {
    expect(formatPlatform(platform(text))).toBe(expected);
  });

  test.each(["", "linux", "linux/", "/amd64", "linux/amd64/v1/x", "linux amd64", "linux/amd64\n", "--platform"])(
    "refuses %j",
    (text) => {
      expect(parsePlatform(text)?.os).toBe(text === "linux/amd64\n" ? "linux" : undefined);
    },
  );
});

describe("canRun", () => {
  test.each<[string, string, boolean]>([
    ["linux/amd64", "linux/amd64", true],
    ["linux/amd64", "linux/arm64", false],
    ["linux/amd64", "windows/amd64", false],
    ["linux/amd64", "linux/amd64/v2", false],
    ["linux/amd64/v3", "linux/amd64/v2", true],
    ["linux/arm/v7", "linux/arm/v6", true],
    ["linux/arm/v6", "linux/arm/v7", false],
    ["linux/arm64", "linux/arm64/v8.1", false],
    ["linux/mips/softfloat", "linux/mips/hardfloat", false],
  ])("an engine of %s runs %s: %s", (engine, image, expected) => {
    expect(canRun(platform(engine), platform(image))).toBe(expected);
  });

  test("a Windows image runs only on its own version", () => {
    const [one, other] = ["10.0.17763.1", "10.0.20348.1"].map((osVersion) => ({
      ...platform("windows/amd64"),
      osVersion,
    }));
    expect(one && other && canRun(one, other)).toBe(false);
    expect(one && isSamePlatform(one, { ...one })).toBe(true);
  });
});
