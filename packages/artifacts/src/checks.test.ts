import { describe, expect, test } from "@jest/globals";
import { type Check, selectCheck } from "./checks.ts";

const check = (id: number, name: string): Check => ({
  id,
  name,
  status: "completed",
  conclusion: "success",
  html_url: undefined,
  started_at: undefined,
});
const checks = [
  check(1, "ci / docker / build"),
  check(2, "lint"),
  check(3, "release / docker / build"),
  check(4, "build"),
];

describe("selectCheck", () => {
  test("prefers the exact name to a trailing part of a name", () => {
    expect(selectCheck(checks, "build")?.id).toBe(4);
    expect(selectCheck(checks, "lint")?.id).toBe(2);
  });

  test("accepts a trailing part when it is unique", () => {
    expect(selectCheck(checks.slice(0, 2), "docker / build")?.id).toBe(1);
    expect(selectCheck(checks.slice(0, 2), "build")?.id).toBe(1);
  });

  test("does not accept a part that does not begin at a separator", () => {
    expect(selectCheck(checks, "ker / build")).toBeUndefined();
    expect(selectCheck([], "build")).toBeUndefined();
  });

  test("refuses a part that matches several checks, and names them", () => {
    expect(() => selectCheck(checks, "docker / build")).toThrow(
      '"docker / build" can mean any of the checks "ci / docker / build", "release / docker / build"',
    );
  });

  test("selects the newest of several checks with one name", () => {
    expect(selectCheck([check(7, "build"), check(9, "build"), check(8, "build")], "build")?.id).toBe(9);
  });

  test("compares start times before ids, which GitHub does not assign in order", () => {
    const at = (id: number, minute: string) => ({ ...check(id, "build"), started_at: `2026-01-01T08:${minute}:00Z` });
    expect(selectCheck([at(9, "38"), at(7, "49")], "build")?.id).toBe(7);
    expect(selectCheck([at(9, "38"), check(5, "build")], "build")?.id).toBe(5);
    const waiting = { ...check(5, "build"), started_at: "1970-01-01T00:00:00Z" };
    expect(selectCheck([at(9, "38"), waiting], "build")?.id).toBe(5);
  });
});
