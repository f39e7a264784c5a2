import { describe, expect, test } from "@jest/globals";
import { matchesCfg, parseCfgLines } from "./cfg.ts";

const linux = parseCfgLines('debug_assertions\ntarget_os="linux"\ntarget_feature="sse"\ntarget_feature="sse2"\nunix\n');

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

  test.each([
    ["cfg()"],
    ["cfg(unix"],
    ["cfg(unix))"],
    ["cfg(unix windows)"],
    ["cfg(not())"],
    ["cfg(not(a, b))"],
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
