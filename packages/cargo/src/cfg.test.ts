import { describe, expect, test } from "@jest/globals";
import { matchesCfg, parseCfgLines } from "./cfg.ts";

const linux = parseCfgLines('debug_assertions\ntarget_os="linux"\ntarget_feature="sse"\ntarget_feature="sse2"\nunix\n');

test("parseCfgLines leaves out a line that sets a value without quotes", () => {
  expect(parseCfgLines('unix\nkept=raw\n panic = "abort" \n')).toEqual([
    { name: "unix", value: undefined },
    { name: "panic", value: "abort" },
  ]);
});

describe("matchesCfg", () => {
  test.each([
    ["cfg(unix)", true],
    ["cfg(windows)", false],
    ['cfg(target_os = "linux")', true],
    ['cfg(target_feature="sse2")', true],
    ["cfg(target_os)", false],
    ['cfg(unix = "x")', false],
    ["cfg(all())", true],
    ["cfg(any())", false],
    ["cfg(not(any()))", true],
    ['cfg( all( unix , not(windows) , any(a, target_os="linux",) ) )', true],
    ["cfg(true)", true],
    ["cfg(all(unix, false))", false],
    ["cfg(r#unix)", true],
    ["cfg(all)", false],
  ])("%s is %s", (key, expected) => {
    expect(matchesCfg(key, linux)).toBe(expected);
  });

  test("treats `true` and `false` as constants, even if the compiler sets such names", () => {
    expect(matchesCfg("cfg(false)", parseCfgLines("false"))).toBe(false);
    expect(matchesCfg("cfg(true)", parseCfgLines("unix"))).toBe(true);
  });

  test.each([
    ["cfg()"],
    ["cfg(unix"],
    ["cfg(unix))"],
    ["cfg(unix windows)"],
    ["cfg(not())"],
    ["cfg(not(a, b))"],
    ["cfg(all(unix windows))"],
    ["cfg(any(unix, windows"],
    ["cfg(a = b)"],
    ['cfg(a = "b)'],
    ["cfg(all(,))"],
    ["cfg(a-b)"],
    ["cfg (unix)"],
    [" cfg(unix)"],
    ["cfg(unix) "],
    ["cfg(\tunix)"],
    ["unix"],
    ["x86_64-unknown-linux-gnu"],
    [""],
  ])("%j is not an expression", (key) => {
    expect(matchesCfg(key, linux)).toBeUndefined();
  });
});
