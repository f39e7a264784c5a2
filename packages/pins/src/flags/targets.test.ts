import { describe, expect, test } from "@jest/globals";
import { hostsOf, matchesTarget, onlyFor, triplesIn } from "./targets.ts";

describe("matchesTarget", () => {
  test.each<[key: string, triple: string, expected: boolean]>([
    ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu", true],
    ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl", false],
    ["cfg(unix)", "x86_64-unknown-linux-gnu", true],
    ["cfg(unix)", "aarch64-apple-darwin", true],
    ["cfg(unix)", "x86_64-pc-windows-msvc", false],
    ["cfg(windows)", "x86_64-pc-windows-msvc", true],
    ["cfg(windows)", "wasm32-unknown-unknown", false],
    ["cfg(unix)", "wasm32-unknown-unknown", false],
    ['cfg(target_family = "wasm")', "wasm32-unknown-unknown", true],
    ['cfg(target_family = "unix")', "x86_64-unknown-linux-gnu", true],
    ['cfg(target_os = "macos")', "aarch64-apple-darwin", true],
    ['cfg(target_os = "linux")', "x86_64-unknown-linux-musl", true],
    ['cfg(target_os = "linux")', "aarch64-apple-darwin", false],
    ['cfg(target_vendor = "apple")', "aarch64-apple-darwin", true],
    ['cfg(target_env = "musl")', "x86_64-unknown-linux-musl", true],
    ['cfg(target_env = "musl")', "armv7-unknown-linux-musleabihf", true],
    ['cfg(target_env = "gnu")', "armv7-unknown-linux-gnueabihf", true],
    ['cfg(target_env = "")', "aarch64-apple-darwin", true],
    ['cfg(target_env = "msvc")', "x86_64-pc-windows-msvc", true],
    ['cfg(target_arch = "x86")', "i686-pc-windows-msvc", true],
    ['cfg(target_arch = "x86_64")', "x86_64-pc-windows-msvc", true],
    ['cfg(target_arch = "arm")', "armv7-unknown-linux-gnueabihf", true],
    ['cfg(target_arch = "arm")', "thumbv7em-none-eabihf", true],
    ['cfg(target_arch = "arm")', "aarch64-unknown-linux-gnu", false],
    ['cfg(target_arch = "riscv64")', "riscv64gc-unknown-linux-gnu", true],
    ['cfg(target_arch = "riscv32")', "riscv32imac-unknown-none-elf", true],
    ['cfg(all(unix, not(target_os = "macos")))', "x86_64-unknown-linux-gnu", true],
  ])("%s and %s: %s", (key, triple, expected) => {
    expect(matchesTarget(key, triple)).toBe(expected);
  });
});

describe("triplesIn", () => {
  test.each<[string, string[]]>([
    ["cargo build --target x86_64-unknown-linux-musl", ["x86_64-unknown-linux-musl"]],
    ["--target=aarch64-apple-darwin --target x86_64-apple-darwin", ["aarch64-apple-darwin", "x86_64-apple-darwin"]],
    ["target/x86_64-pc-windows-msvc/release", ["x86_64-pc-windows-msvc"]],
    ["i686-pc-windows-gnu armv7-unknown-linux-gnueabihf", ["i686-pc-windows-gnu", "armv7-unknown-linux-gnueabihf"]],
    ["aarch64-linux-android wasm32-wasip1", ["aarch64-linux-android", "wasm32-wasip1"]],
    ["wasm32-unknown-unknown thumbv7em-none-eabihf", ["wasm32-unknown-unknown", "thumbv7em-none-eabihf"]],
    ["riscv64gc-unknown-linux-gnu s390x-unknown-linux-gnu", ["riscv64gc-unknown-linux-gnu", "s390x-unknown-linux-gnu"]],
    ["x86_64-apple-darwin, x86_64-apple-darwin", ["x86_64-apple-darwin"]],
    ["x86_64 linux-gnu", []],
    ["my-x86_64 and gnu", []],
    ["", []],
  ])("%j", (text, expected) => {
    expect(triplesIn(text)).toEqual(expected);
  });
});

test.each<[string, string[]]>([
  ["ubuntu-24.04", ["x86_64-unknown-linux-gnu"]],
  ["self-hosted", ["x86_64-unknown-linux-gnu"]],
  ["ubuntu-24.04-arm", ["aarch64-unknown-linux-gnu"]],
  ["buildjet-4vcpu-ubuntu-2204-arm64", ["aarch64-unknown-linux-gnu"]],
  ["macos-15", ["aarch64-apple-darwin", "x86_64-apple-darwin"]],
  ["Darwin", ["aarch64-apple-darwin", "x86_64-apple-darwin"]],
  ["windows-2025", ["x86_64-pc-windows-msvc"]],
  ["win-large", ["x86_64-pc-windows-msvc"]],
  ["swarm", ["x86_64-unknown-linux-gnu"]],
])("a runner %s builds for %j", (label, expected) => {
  expect(hostsOf([label])).toEqual(expected);
});

test("several runners build for the targets of each", () => {
  expect(hostsOf(["windows-2025", "ubuntu-24.04"])).toEqual(["x86_64-pc-windows-msvc", "x86_64-unknown-linux-gnu"]);
});

test.each<[string, string[]]>([
  ["runner.os == 'macOS'", ["aarch64-apple-darwin"]],
  ["runner.os == 'Linux' && inputs.x", ["x86_64-unknown-linux-gnu"]],
  ["${{ runner.os=='windows' }}", ["x86_64-pc-windows-msvc"]],
  ["runner.os != 'Linux'", ["aarch64-apple-darwin", "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"]],
  ["", ["aarch64-apple-darwin", "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"]],
])("a step with `if: %s` is for %j", (condition, expected) => {
  const all = ["aarch64-apple-darwin", "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"];
  expect(onlyFor(condition, all)).toEqual(expected);
});
