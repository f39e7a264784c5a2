import { describe, expect, test } from "@jest/globals";
import { identifierOfName } from "./identifier.ts";

describe("identifierOfName", () => {
  test.each([
    ["tool", "tool"],
    ["tool.exe", "tool"],
    ["restate-server", "restate-server"],
    ["libfoo.dylib", "libfoo"],
    ["libfoo.1.dylib", "libfoo.1"],
    ["libfoo.1.2.3.dylib", "libfoo.1"],
    ["tool-1.2.3", "tool-1"],
    ["python3.12", "python3"],
    ["com.example.tool", "com.example"],
    ["7za", "7za"],
    ["a.out", "a"],
  ])("gives %s the identifier %s, as codesign does", (name, identifier) => {
    expect(identifierOfName(name)).toBe(identifier);
  });
});
