import { describe, expect, test } from "@jest/globals";
import { parseDropTargets } from "./drop-targets.ts";

describe("parseDropTargets", () => {
  test.each<[entry: string, app: string, target: string, isDropped: boolean]>([
    ["x86_64-apple-darwin", "widget", "x86_64-apple-darwin", true],
    ["x86_64-apple-darwin", "widget", "aarch64-apple-darwin", false],
    ["darwin-x64", "widget", "x86_64-apple-darwin", true],
    ["darwin-x64", "widget", "aarch64-apple-darwin", false],
    ["linux-arm64", "widget", "aarch64-unknown-linux-musl", true],
    ["linux-arm64", "widget", "aarch64-linux-android", false],
    ["linux-x64-musl", "widget", "x86_64-unknown-linux-musl", true],
    ["linux-x64-musl", "widget", "x86_64-unknown-linux-gnu", false],
    ["linux-x64-glibc", "widget", "x86_64-unknown-linux-gnu", true],
    ["linux-arm", "widget", "armv7-unknown-linux-gnueabihf", true],
    ["android-arm64", "widget", "aarch64-linux-android", true],
    ["win32-x64", "widget", "x86_64-pc-windows-msvc", true],
    ["*-apple-darwin", "widget", "aarch64-apple-darwin", true],
    ["widget-server:*-apple-darwin", "widget-server", "aarch64-apple-darwin", true],
    ["widget-server:*-apple-darwin", "widget", "aarch64-apple-darwin", false],
  ])("with %s, app %s drops the target %s: %s", (entry, app, target, isDropped) => {
    expect(parseDropTargets([entry])(app, target)).toBe(isDropped);
  });

  test("drops nothing by default, and refuses an invalid target", () => {
    expect(parseDropTargets([])("widget", "x86_64-apple-darwin")).toBe(false);
    expect(() => parseDropTargets(["a:b:c"])).toThrow('has "a:b:c", expected a target');
  });
});
